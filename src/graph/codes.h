#pragma once
// Codes of an index's rows (distance/encoding.h).

#include <cstddef>

#include "distance/encoding.h"
#include "graph/dead_slots.h"
#include "graph/rows.h"

namespace skerry::graph {

/// Most rows that an encoder is trained on, spread evenly over all.
inline constexpr std::size_t most_training_rows = 65'536;

/// An encoder for these rows; those of vacant slots do not count. Throws what Encoder::train()
/// throws.
distance::Encoder train_encoder(const distance::Encoding& encoding, const Rows& rows,
                                const DeadSlots& dead = {});

/// Codes by slot; those of vacant slots are zeros. Throws what Encoder::encode() throws, naming the
/// slot.
RowBlock encode_rows(const distance::Encoder& encoder, const Rows& rows,
                     const DeadSlots& dead = {});

}  // namespace skerry::graph
