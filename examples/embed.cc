// A persistent vector index in a program of one's own: add, replace and delete items, search.

#include <cstdio>
#include <vector>

#include "base/random.h"
#include "graph/reader.h"
#include "graph/writer.h"
#include "kv/open_store.h"

using namespace skerry;

namespace {

constexpr std::size_t dimension = 32;

Bytes bytes_of(const std::vector<float>& vector) { return std::as_bytes(std::span(vector)); }

std::vector<float> vector_of(ItemId id) {
  Random random(hash64(1, id));
  std::vector<float> vector(dimension);
  for (float& x : vector) x = static_cast<float>(random.unit());
  return vector;
}

/// A reader is one snapshot for all its threads; each thread has a searcher.
void print_nearest(kv::Store& store, const std::vector<float>& query) {
  const graph::Reader reader(store, "main", "memo");
  const auto searcher = reader.searcher();
  std::vector<graph::Hit> hits;
  searcher->search(bytes_of(query), {.k = 3, .ef = 64}, hits);
  std::printf("%zu items:", static_cast<std::size_t>(reader.meta().items));
  for (const graph::Hit& hit : hits) {
    std::printf(" %zu at %.4f", static_cast<std::size_t>(hit.id), hit.distance);
  }
  std::printf("\n");
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const auto store =
        kv::open_store("lmdb", {.path = argc > 1 ? argv[1] : "embed.skerry", .create = true});
    graph::IndexOptions options;
    options.metric = "cosine";
    options.dimension = dimension;
    options.build.selection = "robust_prune(alpha=1.1)";
    graph::Writer::create(*store, "main", options);

    // Two threads build; the graph depends on the seed, not on them. One commit makes it visible.
    graph::Writer writer(*store, "main", 2);
    for (ItemId id = 0; id < 5000; ++id) writer.add(id, bytes_of(vector_of(id)));
    writer.build();
    print_nearest(*store, vector_of(17));

    writer.add(17, bytes_of(vector_of(9017)));  // in place of the vector that it had
    writer.add(5000, bytes_of(vector_of(17)));
    for (ItemId id = 100; id < 200; ++id) writer.erase(id);
    const graph::BuildReport report = writer.build();
    std::printf("%zu added, %zu deleted, %zu records written\n", report.added, report.deleted,
                static_cast<std::size_t>(report.work.records));
    print_nearest(*store, vector_of(17));
  } catch (const Error& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
