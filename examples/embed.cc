// A persistent vector index in a program of one's own: build it, write it to LMDB, open it, search.

#include <cstdio>
#include <vector>

#include "base/random.h"
#include "graph/build.h"
#include "graph/reader.h"
#include "graph/stored_index.h"
#include "graph/write_index.h"
#include "kv/open_store.h"

int main(int argc, char** argv) {
  using namespace skerry;
  const char* const path = argc > 1 ? argv[1] : "embed.skerry";
  constexpr std::size_t dimension = 32;
  constexpr std::size_t count = 10000;
  try {
    Random random(1);
    std::vector<float> vectors(count * dimension);
    for (float& x : vectors) x = static_cast<float>(random.unit());

    // Build in memory, on two threads. The graph depends on the seed, not on the threads.
    const distance::Metric& metric = distance::metric("cosine");
    const graph::Rows rows =
        graph::encode_rows(metric, dimension, std::as_bytes(std::span(vectors)), count, 2);
    graph::BuildParameters parameters;
    parameters.selection = heuristics::selection("robust_prune(alpha=1.1)");
    parameters.threads = 2;
    graph::Builder builder(rows, parameters);
    builder.insert_until(count);

    // One bulk load; the index is there as a whole or not at all.
    const auto store = kv::open_store("lmdb", {.path = path, .create = true});
    const graph::Meta meta =
        graph::write_index(*store, "main", rows, builder.graph(), {.seed = parameters.seed});
    std::printf("%llu items, digest %s\n", static_cast<unsigned long long>(meta.items),
                meta.digest.c_str());

    // A reader is one snapshot for all its threads; each thread has a searcher.
    const graph::Reader reader(*store, "main", "memo");
    const auto searcher = reader.searcher();
    std::vector<graph::Hit> hits;
    const Bytes query = std::as_bytes(std::span(vectors)).first(metric.vector_bytes(dimension));
    searcher->search(query, {.k = 3, .ef = 64}, hits);
    for (const graph::Hit& hit : hits) {
      std::printf("id %llu at %.4f\n", static_cast<unsigned long long>(hit.id), hit.distance);
    }
  } catch (const Error& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
