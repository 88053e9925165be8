#include "graph/codes.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstring>

#include "base/error.h"
#include "base/parallel.h"
#include "base/spec.h"
#include "graph/meta.h"

namespace skerry::graph {

std::string_view plain_encoding(const distance::Metric& metric) noexcept {
  return metric.element == distance::Element::bit ? "bits" : "f32";
}

bool keeps_codes(std::string_view encoding) noexcept {
  const std::span<const distance::Encoding> all = distance::encodings();
  return std::any_of(all.begin(), all.end(),
                     [&](const distance::Encoding& each) { return each.name == encoding; });
}

const distance::Encoding* find_encoding(std::string_view name, const distance::Metric& metric,
                                        std::size_t dimension) {
  std::vector<std::string_view> known = {plain_encoding(metric)};
  if (name == known.front()) return nullptr;
  for (const distance::Encoding& each : distance::encodings()) {
    known.push_back(each.name);
    if (name != each.name) continue;
    distance::check_encoding(each, metric, dimension);
    return &each;
  }
  throw Error(Code::invalid_argument, unknown_name("encoding", name, known));
}

const distance::Encoding* stored_encoding(const Meta& meta, const distance::Metric& metric,
                                          std::string_view name) {
  const distance::Encoding* encoding = nullptr;
  try {
    encoding = find_encoding(meta.encoding, metric, meta.dimension);
  } catch (const Error& error) {
    throw Error(Code::unsupported,
                fmt::format("index `{}` has encoding `{}`, which this program does not read: {}",
                            name, meta.encoding, error.what()));
  }
  if (meta.layout.codes_inline && encoding == nullptr) {
    throw Error(Code::corrupt,
                fmt::format("the index's meta record is damaged: layout `inline` needs codes, and "
                            "encoding `{}` keeps none",
                            meta.encoding),
                {.table = table_name(name, "meta"), .key = "meta"});
  }
  return encoding;
}

void check_layout(const Layout& layout, const distance::Encoding* encoding) {
  if (!layout.codes_inline || encoding != nullptr) return;
  std::vector<std::string_view> known;
  for (const distance::Encoding& each : distance::encodings()) known.push_back(each.name);
  throw Error(Code::invalid_argument,
              fmt::format("layout `inline` keeps codes beside the links, and without an `encoding` "
                          "there are none; choose one of {}, or another `layout`",
                          fmt::join(known, ", ")));
}

distance::Encoder train_encoder(const distance::Encoding& encoding, const Rows& rows,
                                const DeadSlots& dead) {
  std::vector<const std::byte*> sample;
  const std::size_t step = rows.size() / most_training_rows + 1;
  for (std::size_t i = 0; i < rows.size(); i += step) {
    if (!dead.vacant(static_cast<Slot>(i))) sample.push_back(rows[static_cast<Slot>(i)]);
  }
  return distance::Encoder::train(encoding, rows.metric(), rows.dimension(), sample);
}

RowBlock encode_rows(const distance::Encoder& encoder, const Rows& rows, const DeadSlots& dead,
                     unsigned threads) {
  RowBlock codes(encoder.code_bytes(), rows.size());
  parallel_for(rows.size(), threads, 256, [&](std::size_t begin, std::size_t end, unsigned) {
    for (std::size_t i = begin; i < end; ++i) {
      const auto slot = static_cast<Slot>(i);
      if (dead.vacant(slot)) continue;
      try {
        encoder.encode(rows[slot], codes.mutable_row(slot));
      } catch (const Error& error) {
        throw Error(error.code(), fmt::format("slot {}: {}", slot, error.what()));
      }
    }
  });
  return codes;
}

distance::Encoder decode_encoder(const distance::Encoding& encoding, const distance::Metric& metric,
                                 std::size_t dimension, Bytes value, const std::string& table) {
  ErrorContext place{.table = table, .key = to_hex(mean_key)};
  if (value.size() != dimension * sizeof(float)) {
    place.expected = fmt::format("{} bytes", dimension * sizeof(float));
    place.found = fmt::format("{} bytes", value.size());
    throw Error(Code::corrupt, "the mean of the codes has another size than a vector", place);
  }
  std::vector<float> mean(dimension);
  std::memcpy(mean.data(), value.data(), value.size());
  try {
    return {encoding, metric, std::move(mean)};
  } catch (const Error& error) {
    throw Error(Code::corrupt, error.what(), place);
  }
}

}  // namespace skerry::graph
