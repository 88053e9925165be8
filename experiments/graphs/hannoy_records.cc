#include "experiments/graphs/hannoy_records.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <exception>
#include <map>
#include <string_view>
#include <utility>

#include "base/error.h"
#include "experiments/graphs/roaring_reader.h"
#include "kv/lmdb_pages.h"

namespace skerry::experiments {

namespace {

constexpr std::size_t key_size = 8;
constexpr std::size_t most_links = 4096;  // as GraphAssembler takes them
constexpr std::size_t item_header = 1 + sizeof(float);

enum class Mode : std::uint8_t { metadata, updated, links, item };

struct HannoyKey {
  std::uint16_t index;
  Mode mode;
  std::uint32_t item;
  std::uint8_t layer;
};

std::optional<HannoyKey> parse_key(Bytes key) {
  if (key.size() != key_size || std::to_integer<unsigned>(key[2]) > 3) return {};
  return HannoyKey{static_cast<std::uint16_t>(std::to_integer<unsigned>(key[0]) << 8 |
                                              std::to_integer<unsigned>(key[1])),
                   static_cast<Mode>(key[2]), load_be32(&key[3]),
                   std::to_integer<std::uint8_t>(key[7])};
}

constexpr std::array<std::string_view, 3> metrics = {"cosine", "euclidean", "manhattan"};
constexpr std::array<std::string_view, 4> bit_metrics = {"hamming", "binary quantized cosine",
                                                         "binary quantized euclidean",
                                                         "binary quantized manhattan"};

template <std::size_t N>
bool contains(const std::array<std::string_view, N>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// The name that metadata begin with; empty for other bytes.
std::string_view metric_of(Bytes metadata) {
  const std::string_view text = as_text(metadata);
  const std::size_t end = text.find('\0');
  return end == text.npos ? std::string_view() : text.substr(0, end);
}

using IndexName = std::pair<std::string, std::uint16_t>;  // database, index

std::string text_of(const IndexName& name) {
  return fmt::format("index={}{}", name.second,
                     name.first.empty() ? "" : ", database=" + name.first);
}

/// Walks the file and hands `take` every record. Its first Error is thrown only once the pages have
/// proved sound and of one version: before, they may be to blame.
void walk(const std::filesystem::path& file, const kv::RecordVisitor& take) {
  std::exception_ptr failure;
  const kv::PageWalk found =
      kv::walk_lmdb_pages(file, [&](std::string_view table, Bytes key, Bytes value) {
        if (failure) return;
        try {
          take(table, key, value);
        } catch (const Error&) {
          failure = std::current_exception();
        }
      });
  if (found.fault_count > 0) {
    const kv::PageFault& fault = found.faults.front();
    throw Error(Code::corrupt,
                fmt::format("the LMDB file is damaged in {} places: page {}: {}", found.fault_count,
                            fault.page, fault.what),
                {.path = file.string(), .table = fault.table, .key = fault.key_hex});
  }
  if (failure) std::rethrow_exception(failure);
}

IndexName choose(const HannoyChoice& choice) {
  std::map<IndexName, std::string> found;
  walk(choice.file, [&](std::string_view table, Bytes bytes, Bytes value) {
    const auto key = parse_key(bytes);
    if (!key || key->mode != Mode::metadata || key->item != 0) return;
    const std::string_view metric = metric_of(value);
    if (!contains(metrics, metric) && !contains(bit_metrics, metric)) return;
    found.emplace(IndexName(table, key->index), metric);
  });
  std::vector<std::string> all;
  std::vector<IndexName> fitting;
  for (const auto& [name, metric] : found) {
    all.push_back(fmt::format("{} ({})", text_of(name), metric));
    const bool fits = (!choice.index || *choice.index == name.second) &&
                      (!choice.database || *choice.database == name.first);
    if (fits) fitting.push_back(name);
  }
  const std::string path = choice.file.string();
  if (found.empty()) {
    throw Error(Code::unsupported, "the LMDB file holds no index that hannoy has built",
                {.path = path});
  }
  if (fitting.empty()) {
    throw Error(Code::not_found,
                fmt::format("no such index of hannoy; there are: {}", fmt::join(all, "; ")),
                {.path = path});
  }
  if (fitting.size() > 1) {
    throw Error(Code::invalid_argument,
                fmt::format("the file holds several indexes of hannoy: {}; choose one "
                            "as `hannoy({}, {})`",
                            fmt::join(all, "; "), path, text_of(fitting.front())),
                {.path = path});
  }
  const std::string& metric = found.at(fitting.front());
  if (!contains(metrics, metric)) {
    throw Error(Code::unsupported,
                fmt::format("the index of hannoy keeps bits (metric {}); those over floats can be "
                            "read: {}",
                            metric, fmt::join(metrics, ", ")),
                {.path = path});
  }
  return fitting.front();
}

/// Takes the records of one index in key order.
class HannoyReader {
 public:
  HannoyReader(const HannoyChoice& choice, IndexName name)
      : path_(choice.file.string()),
        name_(std::move(name)),
        most_items_(std::filesystem::file_size(choice.file) / key_size) {
    records_.name = text_of(name_);
    records_.version = "of unknown version";
    walk(choice.file, [&](std::string_view table, Bytes bytes, Bytes value) {
      const auto key = parse_key(bytes);
      if (table == name_.first && key && key->index == name_.second) take(*key, bytes, value);
    });
    check();
  }

  HannoyRecords records() { return std::move(records_); }

 private:
  [[noreturn]] void fail(Bytes key, const std::string& what) const {
    throw Error(Code::corrupt, "the index of hannoy is damaged: " + what,
                {.path = path_, .table = name_.first, .key = to_hex(key)});
  }

  void take(const HannoyKey& key, Bytes bytes, Bytes value);
  void take_metadata(Bytes bytes, Bytes value);
  void check() const;

  std::string path_;
  IndexName name_;
  std::size_t most_items_;
  HannoyRecords records_;
  std::vector<std::uint32_t> expected_;  // items of the metadata, ascending
  std::uint64_t updated_ = 0;
};

void HannoyReader::take(const HannoyKey& key, Bytes bytes, Bytes value) {
  // Metadata come first in key order, so that what follows is read by them.
  if (key.mode == Mode::metadata && key.item == 0) return take_metadata(bytes, value);
  if (key.mode == Mode::metadata && key.item == 1) {
    if (value.size() != 12) fail(bytes, fmt::format("a version of {} bytes", value.size()));
    records_.version =
        fmt::format("{}.{}.{}", load_be32(&value[0]), load_be32(&value[4]), load_be32(&value[8]));
  } else if (key.mode == Mode::updated) {
    ++updated_;
  } else if (key.mode == Mode::links) {
    if (value.empty() || value[0] != std::byte{1}) fail(bytes, "a list without its tag");
    const std::size_t begin = records_.targets.size();
    const std::string fault = read_roaring(value.subspan(1), most_links, records_.targets);
    if (!fault.empty()) fail(bytes, "a list of links: " + fault);
    records_.lists.push_back({key.item, key.layer, begin, records_.targets.size()});
  } else if (key.mode == Mode::item) {
    if (value.empty() || value[0] != std::byte{0}) fail(bytes, "an item without its tag");
    if (value.size() != item_header + records_.dimension * sizeof(float)) {
      fail(bytes,
           fmt::format("an item of {} bytes; {} dimensions take {}", value.size(),
                       records_.dimension, item_header + records_.dimension * sizeof(float)));
    }
    records_.ids.push_back(key.item);
    const std::size_t size = records_.vectors.size();
    records_.vectors.resize(size + records_.dimension);
    if (records_.dimension > 0) {
      std::memcpy(&records_.vectors[size], &value[item_header], records_.dimension * sizeof(float));
    }
  }
}

void HannoyReader::take_metadata(Bytes bytes, Bytes value) {
  records_.metric = metric_of(value);
  if (!contains(metrics, records_.metric)) fail(bytes, "metadata of another metric than before");
  value = value.subspan(records_.metric.size() + 1);  // the NUL
  if (value.size() < 8) fail(bytes, "the metadata end before their sizes");
  records_.dimension = load_be32(&value[0]);
  const std::size_t items_size = load_be32(&value[4]);
  value = value.subspan(8);
  if (items_size > value.size()) {
    fail(bytes, fmt::format("a set of items of {} bytes, {} are left", items_size, value.size()));
  }
  const std::string fault = read_roaring(value.first(items_size), most_items_, expected_);
  if (!fault.empty()) fail(bytes, "the set of items: " + fault);
  value = value.subspan(items_size);
  if (value.empty()) return;  // no graph has been built
  if (value.size() % 4 != 1) {
    fail(bytes, fmt::format("{} bytes of entry points and top level", value.size()));
  }
  if (value.size() / 4 > most_links) fail(bytes, "it has more than 4096 entry points");
  for (std::size_t at = 0; at + 4 <= value.size(); at += 4) {
    const auto id = load<std::uint32_t>(&value[at]);
    const bool known = std::find(records_.entry_points.begin(), records_.entry_points.end(), id) !=
                       records_.entry_points.end();
    if (!known) records_.entry_points.push_back(id);
  }
  records_.top_level = std::to_integer<unsigned>(value.back());
}

void HannoyReader::check() const {
  if (updated_ > 0) {
    throw Error(Code::unsupported,
                fmt::format("{} items of the hannoy index were changed after its last build; "
                            "build it with hannoy first",
                            updated_),
                {.path = path_});
  }
  if (records_.metric.empty()) {
    throw Error(Code::busy, "the index of hannoy was removed while it was read", {.path = path_});
  }
  if (records_.ids != expected_) {
    fail({}, fmt::format("its metadata name {} items, {} are stored", expected_.size(),
                         records_.ids.size()));
  }
}

}  // namespace

std::optional<std::size_t> HannoyRecords::row_of(std::uint32_t id) const {
  const auto at = std::lower_bound(ids.begin(), ids.end(), id);
  if (at == ids.end() || *at != id) return {};
  return static_cast<std::size_t>(at - ids.begin());
}

HannoyRecords read_hannoy_records(const HannoyChoice& choice) {
  return HannoyReader(choice, choose(choice)).records();
}

}  // namespace skerry::experiments
