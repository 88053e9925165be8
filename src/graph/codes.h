#pragma once
// Codes of an index's rows (distance/encoding.h): which there are, making them, and their table.

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "distance/encoding.h"
#include "graph/dead_slots.h"
#include "graph/layout.h"
#include "graph/rows.h"

namespace skerry::graph {

struct Meta;

/// What an index without codes has for an encoding: f32, or bits under hamming.
std::string_view plain_encoding(const distance::Metric& metric) noexcept;

/// Whether an index of this encoding keeps codes.
bool keeps_codes(std::string_view encoding) noexcept;

/// The encoding that `name` asks for; null for no codes, which is f32, or bits under hamming.
/// Throws Error{invalid_argument} for another name, and what distance::check_encoding() throws.
const distance::Encoding* find_encoding(std::string_view name, const distance::Metric& metric,
                                        std::size_t dimension);

/// The encoding of the index `name`, as its meta record says; null for no codes. Throws
/// Error{unsupported} for one that this program does not know, corrupt where the layout has codes
/// inline and there are none.
const distance::Encoding* stored_encoding(const Meta& meta, const distance::Metric& metric,
                                          std::string_view name);

/// Throws Error{invalid_argument} where the layout has codes inline and there is no encoding.
void check_layout(const Layout& layout, const distance::Encoding* encoding);

/// Most rows that an encoder is trained on, spread evenly over all.
inline constexpr std::size_t most_training_rows = 65'536;

/// An encoder for these rows; those of vacant slots do not count. Throws what Encoder::train()
/// throws.
distance::Encoder train_encoder(const distance::Encoding& encoding, const Rows& rows,
                                const DeadSlots& dead = {});

/// Codes by slot; those of vacant slots are zeros. Throws what Encoder::encode() throws, naming the
/// slot.
RowBlock encode_rows(const distance::Encoder& encoder, const Rows& rows, const DeadSlots& dead = {},
                     unsigned threads = 1);

/// Key of the mean in the table `codes`, before all slots. Its value is f32 for each component.
inline constexpr std::array<std::byte, 1> mean_key = {std::byte{0}};

inline Bytes mean_value(const distance::Encoder& encoder) noexcept {
  return std::as_bytes(encoder.mean());
}

/// The encoder of codes around a stored mean. Throws Error{corrupt} that names `table`.
distance::Encoder decode_encoder(const distance::Encoding& encoding, const distance::Metric& metric,
                                 std::size_t dimension, Bytes value, const std::string& table);

}  // namespace skerry::graph
