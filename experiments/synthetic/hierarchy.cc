// Topics hold documents, documents hold chunks: the shape of embedded texts, whose chunks are far
// nearer to each other than documents are. Greedy links to the nearest make islands of it (NornicDB
// issue 433, which uses 40 x 50 x 50 in 128 dimensions; the spreads here are ours).

#include <fmt/format.h>

#include <array>

#include "base/error.h"
#include "base/types.h"
#include "experiments/synthetic/generator.h"

namespace skerry::experiments {

namespace {

constexpr std::array parameters{
    Parameter{"topics", "int", "40", "1..2^31"},
    Parameter{"documents", "int", "50", "in each topic, 1..2^31"},
    Parameter{"chunks", "int", "50", "in each document, 1..2^31; n is the product of the three"},
    Parameter{"d", "int", "128", "components, 1..2^24"},
    Parameter{"document_spread", "real", "0.4", "deviation from the topic, 0..1000"},
    Parameter{"chunk_spread", "real", "0.15", "deviation from the document, 0..1000"},
    queries_parameter,
    seed_parameter};

std::size_t product(const Arguments& arguments) {
  std::uint64_t n = 1;
  for (const char* name : {"topics", "documents", "chunks"}) {
    n *= static_cast<std::uint64_t>(arguments.integer(name, 1, max_slots));
    if (n <= max_slots) continue;
    throw Error(Code::invalid_argument,
                fmt::format("hierarchy: `topics` x `documents` x `chunks` is more than {} vectors",
                            max_slots));
  }
  return n;
}

class Hierarchy : public Generator {
 public:
  explicit Hierarchy(const Arguments& arguments)
      : Generator(read_shape(arguments, product(arguments))),
        topics_(static_cast<std::uint64_t>(arguments.integer("topics", 1, max_slots))),
        documents_(static_cast<std::uint64_t>(arguments.integer("documents", 1, max_slots))),
        chunks_(static_cast<std::uint64_t>(arguments.integer("chunks", 1, max_slots))),
        document_spread_(arguments.real("document_spread", 0, 1000)),
        chunk_spread_(arguments.real("chunk_spread", 0, 1000)) {}

  void vector(std::uint64_t index, std::span<float> out) const override {
    Random random = draws(shape().seed, Stream::vector, index);
    chunk(index / chunks_, random, out);
  }

 protected:
  /// A query is one more chunk of any document.
  void draw(Random& random, std::span<float> out) const override {
    chunk(random.below(topics_ * documents_), random, out);
  }

 private:
  void chunk(std::uint64_t document, Random& random, std::span<float> out) const {
    Random topic = draws(shape().seed, Stream::centre, document / documents_);
    Random middle = draws(shape().seed, Stream::document, document);
    for (float& x : out) {
      x = static_cast<float>(gaussian(topic) + document_spread_ * gaussian(middle) +
                             chunk_spread_ * gaussian(random));
    }
  }

  std::uint64_t topics_;
  std::uint64_t documents_;
  std::uint64_t chunks_;
  double document_spread_;
  double chunk_spread_;
};

}  // namespace

constinit const SyntheticKind hierarchy_kind{
    "hierarchy", "topics of documents of chunks, in this order; normal at each level",
    "hierarchy(topics=40, documents=50, chunks=50)", parameters,
    [](const Arguments& arguments) -> std::unique_ptr<Generator> {
      return std::make_unique<Hierarchy>(arguments);
    }};

}  // namespace skerry::experiments
