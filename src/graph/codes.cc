#include "graph/codes.h"

#include <fmt/format.h>

#include <vector>

#include "base/error.h"

namespace skerry::graph {

distance::Encoder train_encoder(const distance::Encoding& encoding, const Rows& rows,
                                const DeadSlots& dead) {
  std::vector<const std::byte*> sample;
  const std::size_t step = rows.size() / most_training_rows + 1;
  for (std::size_t i = 0; i < rows.size(); i += step) {
    if (!dead.vacant(static_cast<Slot>(i))) sample.push_back(rows[static_cast<Slot>(i)]);
  }
  return distance::Encoder::train(encoding, rows.metric(), rows.dimension(), sample);
}

RowBlock encode_rows(const distance::Encoder& encoder, const Rows& rows, const DeadSlots& dead) {
  RowBlock codes(encoder.code_bytes(), rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto slot = static_cast<Slot>(i);
    if (dead.vacant(slot)) continue;
    try {
      encoder.encode(rows[slot], codes.mutable_row(slot));
    } catch (const Error& error) {
      throw Error(error.code(), fmt::format("slot {}: {}", slot, error.what()));
    }
  }
  return codes;
}

}  // namespace skerry::graph
