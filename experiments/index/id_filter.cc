#include "experiments/index/id_filter.h"

#include <fmt/format.h>

#include <roaring/roaring64map.hh>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "experiments/graphs/roaring_reader.h"
#include "experiments/index/id_list.h"
#include "graph/ids.h"

namespace skerry::experiments {

namespace {

/// A count of bitmaps, u64, then for each the high half of its ids, u32, and the bitmap of the low
/// halves, all little-endian, by ascending high halves (RoaringFormatSpec, "Extension for 64-bit
/// implementations"). CRoaring trusts what it reads, so each bitmap is checked before; and it takes
/// its own size of a bitmap for that of the bytes, so it is given bitmaps as it would write them.
Roaring64Map read_bitmap(Bytes bytes, const std::string& path) {
  const auto fault = [&](const std::string& what) {
    return Error(Code::corrupt, "not a 64-bit Roaring bitmap in the portable format: " + what,
                 {.path = path});
  };
  constexpr std::size_t head = sizeof(std::uint32_t);
  constexpr std::uint32_t last_half = 0xffffffff;  // of no_item
  if (bytes.size() < sizeof(std::uint64_t)) {
    throw fault(fmt::format("{} bytes end within its count", bytes.size()));
  }
  const auto count = load<std::uint64_t>(bytes.data());
  std::size_t at = sizeof(count);
  std::int64_t before = -1;
  std::vector<char> known(sizeof(count));
  std::uint64_t kept = 0;
  for (std::uint64_t i = 0; i < count; ++i) {
    if (bytes.size() - at < head) {
      throw fault(fmt::format("it ends before bitmap {} of {}", i + 1, count));
    }
    const auto high = load<std::uint32_t>(bytes.data() + at);
    if (high <= before) throw fault(fmt::format("bitmap {} does not ascend", i + 1));
    before = high;
    at += head;
    std::size_t size = 0;
    const std::string what = check_roaring(bytes.subspan(at), size);
    if (!what.empty()) throw fault(fmt::format("bitmap {} of {}: {}", i + 1, count, what));
    const auto low = Roaring::read(reinterpret_cast<const char*>(bytes.data() + at));
    at += size;
    if (low.isEmpty()) continue;
    if (high == last_half && low.contains(last_half)) {
      throw Error(Code::invalid_argument,
                  fmt::format("the bitmap holds {}; ids are below it", graph::no_item),
                  {.path = path});
    }
    const std::size_t end = known.size();
    known.resize(end + head + low.getSizeInBytes());
    store(reinterpret_cast<std::byte*>(known.data() + end), high);
    low.write(known.data() + end + head);
    ++kept;
  }
  if (at < bytes.size()) throw fault(fmt::format("{} bytes too many", bytes.size() - at));
  store(reinterpret_cast<std::byte*>(known.data()), kept);
  return Roaring64Map::read(known.data());
}

Roaring64Map read_lines(std::string_view text, const std::string& path) {
  const std::vector<ItemId> ids = ids_in_text(text, path);
  Roaring64Map map;
  map.addMany(ids.size(), ids.data());
  return map;
}

}  // namespace

graph::Filter filter_by_ids(const graph::Reader& reader, const std::string& path) {
  const std::string bytes = whole_input(path);
  const std::string name = path == "-" ? "standard input" : path;
  const bool bitmap =
      std::string_view(bytes).substr(0, sizeof(std::uint64_t)).find('\0') != std::string_view::npos;
  return reader.filter(bitmap ? read_bitmap(as_bytes(bytes), name) : read_lines(bytes, name));
}

}  // namespace skerry::experiments
