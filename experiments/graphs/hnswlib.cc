// hnswlib 0.8, HierarchicalNSW::saveIndex (hnswalg.h): the header, one block per element with its
// links of level 0, its vector and its label, then the upper lists of each element.

#include <fmt/format.h>

#include "experiments/graphs/byte_reader.h"
#include "experiments/graphs/foreign_graph.h"

namespace skerry::experiments {

namespace {

struct Header {
  std::uint64_t offset_level0, max_elements, count, element_bytes, label_offset, data_offset;
  std::int32_t max_level;
  std::uint32_t entry;
  std::uint64_t max_m, max_m0, m;
  double mult;
  std::uint64_t ef_construction;
};

constexpr std::size_t header_bytes = 96;
static_assert(sizeof(Header) == header_bytes, "the fields lie in the file as in memory");

constexpr std::uint64_t widest = std::uint64_t{1} << 31;  // keeps the sums below from overflowing

bool coherent(const Header& h) {
  return h.offset_level0 == 0 && h.count <= h.max_elements && h.count < max_slots && h.max_m > 0 &&
         h.max_m <= h.max_m0 && h.max_m0 <= 4096 && h.m == h.max_m &&
         h.data_offset == 4 * h.max_m0 + 4 && h.label_offset >= h.data_offset &&
         h.label_offset < widest && h.element_bytes == h.label_offset + 8;
}

/// hnswlib keeps a list as a u16 count, a byte of flags, a spare byte, and room for `room` targets.
std::vector<std::int64_t> read_list(const ByteReader& in, Bytes list, std::uint64_t room,
                                    std::size_t element) {
  const auto count = load<std::uint16_t>(list.data());
  if (count > room)
    in.fail(fmt::format("element {} has {} links, the bound is {}", element, count, room));
  std::vector<std::int64_t> targets;
  for (std::size_t i = 0; i < count; ++i) {
    targets.push_back(load<std::uint32_t>(list.data() + 4 + 4 * i));
  }
  return targets;
}

/// Elements carry labels; slots are rows of the data set, so that labels must be row numbers.
std::vector<std::uint32_t> read_labels(const ByteReader& in, const Header& header, Bytes base) {
  std::vector<std::uint32_t> labels;
  std::vector<bool> taken(header.count);
  for (std::size_t i = 0; i < header.count; ++i) {
    const auto label =
        load<std::uint64_t>(base.data() + i * header.element_bytes + header.label_offset);
    if (label >= header.count || taken[label]) {
      throw Error(Code::unsupported,
                  fmt::format("element {} has the label {}; labels must be the row numbers 0..{} "
                              "of the data set, each once",
                              i, label, header.count - 1),
                  {.path = in.path()});
    }
    taken[label] = true;
    labels.push_back(static_cast<std::uint32_t>(label));
  }
  return labels;
}

}  // namespace

bool looks_like_hnswlib(Bytes bytes) {
  return bytes.size() >= header_bytes && coherent(load<Header>(bytes.data()));
}

ForeignGraph read_hnswlib(Bytes bytes, const std::string& path) {
  ByteReader in(bytes, path);
  const auto header = in.take<Header>("the header");
  if (!coherent(header)) in.fail("the header contradicts itself");
  if ((header.label_offset - header.data_offset) % sizeof(float) != 0) {
    in.fail("its vectors are no f32");
  }
  if (header.count > in.left() / header.element_bytes) in.fail("it is too short for its elements");
  const Bytes base = in.take_bytes(header.count * header.element_bytes, "level 0");
  const std::vector<std::uint32_t> labels = read_labels(in, header, base);

  std::vector<Bytes> upper(header.count);
  std::vector<unsigned> tops(header.count);
  const std::uint64_t upper_bytes = 4 * header.max_m + 4;
  for (std::size_t i = 0; i < header.count; ++i) {
    const auto size = in.take<std::uint32_t>("the size of upper lists");
    if (size % upper_bytes != 0 || size / upper_bytes > 63) {
      in.fail(fmt::format("element {} has {} bytes of upper lists; a list has {}", i, size,
                          upper_bytes));
    }
    upper[i] = in.take_bytes(size, "upper lists");
    tops[labels[i]] = static_cast<unsigned>(size / upper_bytes);
  }
  if (in.left() != 0) in.fail(fmt::format("{} bytes follow the last list", in.left()));

  GraphAssembler assembler(
      path, {static_cast<std::uint32_t>(header.max_m), static_cast<std::uint32_t>(header.max_m0)},
      tops);
  const auto set = [&](unsigned level, std::size_t element, Bytes list) {
    std::vector<std::int64_t> targets =
        read_list(in, list, level == 0 ? header.max_m0 : header.max_m, element);
    for (std::int64_t& target : targets) {
      if (static_cast<std::uint64_t>(target) >= header.count) {
        in.fail(fmt::format("element {} links to {}; elements are 0..{}", element, target,
                            header.count - 1));
      }
      target = labels[static_cast<std::size_t>(target)];
    }
    assembler.set_links(level, labels[element], targets);
  };
  const std::size_t dimension = (header.label_offset - header.data_offset) / sizeof(float);
  std::vector<float> vectors(header.count * dimension);
  for (std::size_t i = 0; i < header.count; ++i) {
    const Bytes element = base.subspan(i * header.element_bytes, header.element_bytes);
    if ((std::to_integer<unsigned>(element[2]) & 1) != 0) {
      throw Error(Code::unsupported,
                  fmt::format("the element with label {} is marked as deleted; save an index "
                              "without deleted elements",
                              labels[i]),
                  {.path = path});
    }
    set(0, i, element);
    for (unsigned level = 1; level <= tops[labels[i]]; ++level) {
      set(level, i, upper[i].subspan((level - 1) * upper_bytes, upper_bytes));
    }
    if (dimension > 0) {
      std::memcpy(vectors.data() + labels[i] * dimension, element.data() + header.data_offset,
                  dimension * sizeof(float));
    }
  }
  std::vector<std::int64_t> entries;
  if (header.count > 0) {
    if (header.entry >= header.count) in.fail("its entry point is no element");
    if (header.max_level < 0 ||
        static_cast<unsigned>(header.max_level) != assembler.graph().top_level()) {
      in.fail(fmt::format("its top level is {}, its lists reach {}", header.max_level,
                          assembler.graph().top_level()));
    }
    entries.push_back(labels[header.entry]);
  }
  ForeignGraph result = assembler.finish("hnswlib", entries);
  result.dimension = dimension;
  result.vectors = std::move(vectors);
  return result;
}

}  // namespace skerry::experiments
