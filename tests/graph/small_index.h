#pragma once
// Small indexes that are told apart by a number, for stores that hold many.

#include <span>
#include <string>
#include <vector>

#include "base/random.h"
#include "graph/writer.h"

namespace skerry::graph {

constexpr std::size_t small_dimension = 8;
constexpr ItemId small_items = 20;

inline std::string small_name(std::size_t number) { return "index" + std::to_string(number); }

inline std::vector<float> small_vector(std::size_t number, ItemId id) {
  Random random(hash64(number, id));
  std::vector<float> vector(small_dimension);
  for (float& x : vector) x = static_cast<float>(random.unit());
  return vector;
}

/// Stages item `id` of index `number`.
inline void add_small(Writer& writer, std::size_t number, ItemId id) {
  const std::vector<float> vector = small_vector(number, id);
  writer.add(id, std::as_bytes(std::span(vector)));
}

/// Makes index `number` with its items 0..small_items-1.
inline void make_small(kv::Store& store, std::size_t number, kv::Durability durability) {
  IndexOptions options;
  options.metric = "euclidean";
  options.dimension = small_dimension;
  options.bounds = {4, 8};
  options.build.ef_construction = 30;
  Writer::create(store, small_name(number), options);
  Writer writer(store, small_name(number));
  for (ItemId id = 0; id < small_items; ++id) add_small(writer, number, id);
  writer.build(durability);
}

/// One more step in the life of index `number`: an item comes and, from the third on, one goes.
inline void change_small(kv::Store& store, std::size_t number, ItemId step,
                         kv::Durability durability) {
  Writer writer(store, small_name(number));
  add_small(writer, number, small_items + step);
  if (step > 1) writer.erase(step - 2);
  writer.build(durability);
}

}  // namespace skerry::graph
