#include "experiments/graphs/csr.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>

#include "experiments/formats/framing.h"
#include "experiments/graphs/byte_reader.h"
#include "experiments/graphs/foreign_graph.h"
#include "experiments/graphs/npy_array.h"
#include "experiments/graphs/zip.h"

namespace skerry::experiments {

namespace {

using Integers = std::vector<std::int64_t>;

class Archive {
 public:
  Archive(Bytes bytes, const std::string& path)
      : members_(read_zip(bytes, path)), in_(bytes, path) {}

  [[noreturn]] void fail(const std::string& what) const { in_.fail(what); }

  std::optional<NpyArray> array(const std::string& name) const {
    const auto found = members_.find(name + ".npy");
    if (found == members_.end()) return {};
    return NpyArray::parse(found->second, in_.path(), name);
  }

  std::optional<Integers> optional(const std::string& name) const {
    const std::optional<NpyArray> found = array(name);
    if (!found) return {};
    return found->integers(in_.path(), name);
  }

  Integers integers(const std::string& name) const {
    std::optional<Integers> found = optional(name);
    if (!found) fail(fmt::format("it has no array `{}`", name));
    return std::move(*found);
  }

 private:
  std::map<std::string, std::vector<std::byte>> members_;
  ByteReader in_;
};

struct Level {
  Integers nodes;  ///< empty on level 0, where every item is
  Integers starts, targets;

  std::size_t lists() const { return starts.size() - 1; }

  std::size_t longest() const {
    std::int64_t most = 0;
    for (std::size_t i = 0; i < lists(); ++i) most = std::max(most, starts[i + 1] - starts[i]);
    return static_cast<std::size_t>(most);
  }
};

Level read_level(const Archive& archive, const std::string& suffix) {
  Level level{{}, archive.integers("indptr" + suffix), archive.integers("indices" + suffix)};
  if (!suffix.empty()) level.nodes = archive.integers("nodes" + suffix);
  const bool whole = !level.starts.empty() && level.starts.front() == 0 &&
                     level.starts.back() == static_cast<std::int64_t>(level.targets.size()) &&
                     std::is_sorted(level.starts.begin(), level.starts.end());
  if (!whole) {
    archive.fail(
        fmt::format("`indptr{0}` does not ascend from 0 to the size of `indices{0}`", suffix));
  }
  if (!suffix.empty() && level.nodes.size() != level.lists()) {
    archive.fail(fmt::format("`nodes{0}` and `indptr{0}` have different lengths", suffix));
  }
  return level;
}

void check_scipy(const Archive& archive, std::size_t items) {
  if (const std::optional<NpyArray> format = archive.array("format");
      format && format->text() != "csr") {
    throw Error(Code::unsupported,
                fmt::format("a sparse matrix of format `{}`; save it as csr", format->text()));
  }
  const std::optional<Integers> shape = archive.optional("shape");
  const auto n = static_cast<std::int64_t>(items);
  if (shape && *shape != Integers{n, n}) {
    archive.fail(fmt::format("its shape is {}; {} lists make a graph of shape {} x {}",
                             fmt::join(*shape, " x "), items, items, items));
  }
}

std::vector<unsigned> read_tops(const Archive& archive, std::size_t items) {
  const std::optional<Integers> stored = archive.optional("tops");
  if (!stored) return std::vector<unsigned>(items);
  if (stored->size() != items) {
    archive.fail(fmt::format("`tops` has {} values for {} items", stored->size(), items));
  }
  std::vector<unsigned> tops;
  for (const std::int64_t top : *stored) {
    if (top < 0 || top > 63) archive.fail(fmt::format("a top level is {}", top));
    tops.push_back(static_cast<unsigned>(top));
  }
  return tops;
}

graph::DegreeBounds read_bounds(const Archive& archive, const std::vector<Level>& levels) {
  if (const std::optional<Integers> stored = archive.optional("bounds")) {
    for (const std::int64_t bound : *stored) {
      if (bound < 1 || bound > 4096) archive.fail(fmt::format("a bound is {}", bound));
    }
    if (stored->size() != 2) archive.fail("`bounds` must hold M and M0");
    return {static_cast<std::uint32_t>((*stored)[0]), static_cast<std::uint32_t>((*stored)[1])};
  }
  std::size_t upper = 1;
  for (std::size_t l = 1; l < levels.size(); ++l) upper = std::max(upper, levels[l].longest());
  const std::size_t base = std::max(upper, levels.front().longest());
  if (base > 4096) archive.fail(fmt::format("a list has {} links; 4096 is the most", base));
  return {static_cast<std::uint32_t>(upper), static_cast<std::uint32_t>(base)};
}

}  // namespace

ForeignGraph read_csr(Bytes bytes, const std::string& path) {
  const Archive archive(bytes, path);
  std::vector<Level> levels = {read_level(archive, "")};
  const std::size_t items = levels.front().lists();
  check_scipy(archive, items);
  const std::vector<unsigned> tops = read_tops(archive, items);
  const unsigned top = tops.empty() ? 0 : *std::max_element(tops.begin(), tops.end());
  for (unsigned l = 1; l <= top; ++l) levels.push_back(read_level(archive, fmt::format("_{}", l)));

  GraphAssembler assembler(path, read_bounds(archive, levels), tops);
  for (unsigned l = 0; l < levels.size(); ++l) {
    const Level& level = levels[l];
    std::vector<bool> met(items);
    for (std::size_t i = 0; i < level.lists(); ++i) {
      const std::int64_t item = l == 0 ? static_cast<std::int64_t>(i) : level.nodes[i];
      if (item < 0 || static_cast<std::uint64_t>(item) >= items ||
          met[static_cast<std::size_t>(item)]) {
        archive.fail(fmt::format("`nodes_{}` names {}, which is no item or there twice", l, item));
      }
      met[static_cast<std::size_t>(item)] = true;
      assembler.set_links(
          l, static_cast<std::size_t>(item),
          {level.targets.begin() + level.starts[i], level.targets.begin() + level.starts[i + 1]});
    }
  }
  std::optional<Integers> entries = archive.optional("entry_points");
  const bool chosen = !entries && items > 0;
  if (chosen) {
    const auto first = std::find(tops.begin(), tops.end(), top);
    entries = Integers{first - tops.begin()};
  }
  const std::int64_t entry = chosen ? entries->front() : 0;
  ForeignGraph result = assembler.finish("csr", entries.value_or(Integers{}));
  if (chosen) {
    result.notes.push_back(
        fmt::format("no `entry_points`: searches start at item {}, the first of "
                    "the top level",
                    entry));
  }
  result.notes.push_back("the file holds no vectors: nothing was compared with the data set");
  return result;
}

void write_csr(const std::filesystem::path& path, const graph::Graph& graph) {
  ZipWriter zip(path);
  const auto add = [&]<class T>(const std::string& name, const char* descr,
                                const std::vector<T>& values) {
    std::vector<std::byte> bytes = npy_header(descr, fmt::format("({},)", values.size()));
    const auto* data = reinterpret_cast<const std::byte*>(values.data());
    bytes.insert(bytes.end(), data, data + values.size() * sizeof(T));
    zip.add(name + ".npy", bytes);
  };
  for (unsigned level = 0; level <= graph.top_level(); ++level) {
    const std::string suffix = level == 0 ? "" : fmt::format("_{}", level);
    std::vector<std::int64_t> starts = {0};
    std::vector<Slot> targets;
    std::vector<Slot> nodes;
    for (std::size_t i = 0; i < graph.size(); ++i) {
      const auto slot = static_cast<Slot>(i);
      if (level >= graph.levels_of(slot)) continue;
      const std::span<const Slot> links = graph.links(level, slot);
      targets.insert(targets.end(), links.begin(), links.end());
      starts.push_back(static_cast<std::int64_t>(targets.size()));
      nodes.push_back(slot);
    }
    add("indptr" + suffix, "<i8", starts);
    add("indices" + suffix, "<u4", targets);
    if (level == 0) add("data", "|u1", std::vector<std::uint8_t>(targets.size(), 1));
    if (level > 0) add("nodes" + suffix, "<u4", nodes);
  }
  std::vector<std::uint8_t> tops;
  for (std::size_t i = 0; i < graph.size(); ++i) {
    tops.push_back(static_cast<std::uint8_t>(graph.top_of(static_cast<Slot>(i))));
  }
  const auto n = static_cast<std::int64_t>(graph.size());
  add("tops", "|u1", tops);
  add("entry_points", "<u4",
      std::vector<Slot>(graph.entry_points().begin(), graph.entry_points().end()));
  add("bounds", "<u4", std::vector<std::uint32_t>{graph.bounds().M, graph.bounds().M0});
  add("shape", "<i8", std::vector<std::int64_t>{n, n});
  std::vector<std::byte> format = npy_header("|S3", "()");
  for (const std::byte b : as_bytes("csr")) format.push_back(b);
  zip.add("format.npy", format);
  zip.finish();
}

}  // namespace skerry::experiments
