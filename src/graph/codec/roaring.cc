#include "graph/codec/roaring.h"

#include <roaring/roaring.h>

#include <cstdint>
#include <memory>
#include <new>

namespace skerry::graph {

namespace {

using Bitmap = std::unique_ptr<roaring_bitmap_t, decltype(&roaring_bitmap_free)>;

constexpr std::uint32_t cookie_without_runs = 12346;
constexpr std::size_t header_size = 8;      // cookie, number of containers
constexpr std::size_t descriptor_size = 4;  // key, cardinality - 1
constexpr std::size_t offset_size = 4;

}  // namespace

void RoaringCodec::encode(std::span<const Slot> slots, Slot, std::vector<std::byte>& out) const {
  const Bitmap bitmap(roaring_bitmap_of_ptr(slots.size(), slots.data()), &roaring_bitmap_free);
  if (!bitmap) throw std::bad_alloc();
  const std::size_t start = out.size();
  out.resize(start + roaring_bitmap_portable_size_in_bytes(bitmap.get()));
  roaring_bitmap_portable_serialize(bitmap.get(), reinterpret_cast<char*>(out.data() + start));
}

// CRoaring 0.2.66 has no check of what it deserialises: a bitset container that claims elements but
// is empty makes its iterator run past the end. A list of at most 4096 links is always written as
// array containers without runs, so this reads just those, checks everything, and needs no memory.
Code RoaringCodec::decode(Bytes value, const ListContext& context, std::vector<Slot>& out) const {
  out.clear();
  if (value.size() < header_size || load<std::uint32_t>(value.data()) != cookie_without_runs) {
    return Code::corrupt;
  }
  const std::size_t containers = load<std::uint32_t>(value.data() + 4);
  if (containers > context.max_links ||
      value.size() < header_size + containers * (descriptor_size + offset_size)) {
    return Code::corrupt;
  }
  const std::byte* descriptor = value.data() + header_size;
  const std::byte* offset = descriptor + containers * descriptor_size;
  std::size_t at = header_size + containers * (descriptor_size + offset_size);
  std::int64_t previous = -1;
  std::int32_t previous_key = -1;
  for (std::size_t i = 0; i < containers; ++i) {
    const auto key = load<std::uint16_t>(descriptor + i * descriptor_size);
    const std::size_t cardinality =
        std::size_t{load<std::uint16_t>(descriptor + i * descriptor_size + 2)} + 1;
    if (key <= previous_key || load<std::uint32_t>(offset + i * offset_size) != at ||
        value.size() - at < cardinality * 2 || out.size() + cardinality > context.max_links) {
      return Code::corrupt;
    }
    previous_key = key;
    for (std::size_t j = 0; j < cardinality; ++j, at += 2) {
      const std::int64_t slot = (std::int64_t{key} << 16) | load<std::uint16_t>(value.data() + at);
      if (slot <= previous || slot >= std::int64_t{context.limit}) return Code::corrupt;
      out.push_back(static_cast<Slot>(slot));
      previous = slot;
    }
  }
  return at == value.size() ? Code::ok : Code::corrupt;
}

}  // namespace skerry::graph
