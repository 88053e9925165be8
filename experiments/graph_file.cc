#include "experiments/graph_file.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <system_error>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"

namespace skerry::experiments {

namespace {

constexpr std::array<char, 8> magic = {'s', 'k', 'g', 'r', 'a', 'p', 'h', '\n'};

struct Close {
  void operator()(std::FILE* file) const noexcept { std::fclose(file); }
};

using File = std::unique_ptr<std::FILE, Close>;

Error file_error(const char* what, const std::filesystem::path& path) {
  const int reason = errno;
  const Code code = reason == ENOENT   ? Code::not_found
                    : reason == ENOSPC ? Code::no_space
                                       : Code::io;
  return {code,
          std::string(what) + ": " + std::generic_category().message(reason),
          {.path = path.string()}};
}

template <class T>
void append(std::vector<std::byte>& out, T value) {
  out.resize(out.size() + sizeof(T));
  store(out.data() + out.size() - sizeof(T), value);
}

/// Takes values off the front; every shortage is damage.
class Parser {
 public:
  Parser(Bytes bytes, const std::filesystem::path& path) : bytes_(bytes), path_(&path) {}

  [[noreturn]] void fail(const char* what) const {
    throw Error(Code::corrupt, std::string("the graph file is damaged: ") + what,
                {.path = path_->string()});
  }

  std::size_t left() const { return bytes_.size(); }

  template <class T>
  T take() {
    if (bytes_.size() < sizeof(T)) fail("it is too short");
    const T value = load<T>(bytes_.data());
    bytes_ = bytes_.subspan(sizeof(T));
    return value;
  }

 private:
  Bytes bytes_;
  const std::filesystem::path* path_;
};

std::vector<std::byte> read_all(const std::filesystem::path& path) {
  const File file(std::fopen(path.c_str(), "rb"));
  if (!file) throw file_error("cannot read the graph", path);
  std::error_code ignored;
  std::vector<std::byte> bytes(std::filesystem::file_size(path, ignored));
  if (ignored || std::fread(bytes.data(), 1, bytes.size(), file.get()) != bytes.size()) {
    throw file_error("cannot read the graph", path);
  }
  return bytes;
}

void read_lists(Parser& in, graph::Graph& graph, std::uint64_t links) {
  std::vector<Slot> list;
  std::uint64_t met = 0;
  for (std::size_t i = 0; i < graph.size(); ++i) {
    const auto slot = static_cast<Slot>(i);
    for (unsigned level = 0; level < graph.levels_of(slot); ++level) {
      const auto count = in.take<std::uint32_t>();
      if (count > graph.bounds().at(level)) in.fail("a list is longer than its bound");
      list.clear();
      for (std::uint32_t j = 0; j < count; ++j) {
        const auto target = in.take<Slot>();
        if (target >= graph.size() || graph.top_of(target) < level) {
          in.fail("a link leads to an item that is not on its level");
        }
        list.push_back(target);
      }
      met += count;
      graph.set_links(level, slot, list);
    }
  }
  if (met != links) in.fail("the number of links is another than stated");
}

}  // namespace

void write_graph_file(const std::filesystem::path& path, const graph::Graph& graph) {
  std::vector<std::byte> body;
  std::uint64_t links = 0;
  for (std::size_t i = 0; i < graph.size(); ++i) {
    const auto slot = static_cast<Slot>(i);
    for (unsigned level = 0; level < graph.levels_of(slot); ++level) {
      const std::span<const Slot> list = graph.links(level, slot);
      append(body, static_cast<std::uint32_t>(list.size()));
      for (const Slot target : list) append(body, target);
      links += list.size();
    }
  }
  std::vector<std::byte> bytes;
  for (const char c : magic) append(bytes, c);
  append(bytes, graph_file_version);
  append(bytes, graph.bounds().M);
  append(bytes, graph.bounds().M0);
  append(bytes, static_cast<std::uint32_t>(graph.entry_points().size()));
  append(bytes, std::uint64_t{graph.size()});
  append(bytes, links);
  for (const Slot entry : graph.entry_points()) append(bytes, entry);
  for (std::size_t i = 0; i < graph.size(); ++i) {
    append(bytes, static_cast<std::uint8_t>(graph.top_of(static_cast<Slot>(i))));
  }
  bytes.insert(bytes.end(), body.begin(), body.end());
  append(bytes, std::uint64_t{XXH3_64bits(bytes.data(), bytes.size())});

  File file(std::fopen(path.c_str(), "wb"));
  if (!file) throw file_error("cannot write the graph", path);
  const bool written = std::fwrite(bytes.data(), 1, bytes.size(), file.get()) == bytes.size();
  if (!written || std::fclose(file.release()) != 0) {
    const Error error = file_error("cannot write the graph", path);
    std::error_code ignored;
    std::filesystem::remove(path, ignored);
    throw error;
  }
}

graph::Graph read_graph_file(const std::filesystem::path& path) {
  const std::vector<std::byte> bytes = read_all(path);
  Parser in(bytes, path);
  for (const char c : magic) {
    if (in.take<char>() != c) in.fail("it does not begin as graph files do");
  }
  const auto version = in.take<std::uint32_t>();
  if (version != graph_file_version) {
    throw Error(Code::version, "the graph file has another version than this program reads",
                {.path = path.string(),
                 .expected = std::to_string(graph_file_version),
                 .found = std::to_string(version)});
  }
  if (in.left() < sizeof(std::uint64_t)) in.fail("it is too short");
  const std::size_t summed = bytes.size() - sizeof(std::uint64_t);
  if (load<std::uint64_t>(bytes.data() + summed) != XXH3_64bits(bytes.data(), summed)) {
    in.fail("its checksum is wrong");
  }
  graph::DegreeBounds bounds;
  bounds.M = in.take<std::uint32_t>();
  bounds.M0 = in.take<std::uint32_t>();
  const auto entries = in.take<std::uint32_t>();
  const auto items = in.take<std::uint64_t>();
  const auto links = in.take<std::uint64_t>();
  if (bounds.M == 0 || bounds.M > 4096 || bounds.M0 < bounds.M || bounds.M0 > 4096) {
    in.fail("its bounds are out of range");
  }
  // Each item takes a top level and a count at the least.
  if (items > in.left() / 5 || items > max_slots || entries > in.left() / 4) {
    in.fail("it is too short for its items");
  }
  std::vector<Slot> entry_points;
  for (std::uint32_t i = 0; i < entries; ++i) entry_points.push_back(in.take<Slot>());
  graph::Graph graph(bounds);
  graph.reserve(items);
  for (std::uint64_t i = 0; i < items; ++i) {
    const auto top = in.take<std::uint8_t>();
    if (top > 63) in.fail("a level is out of range");
    graph.add_item(top);
  }
  read_lists(in, graph, links);
  if (in.left() != sizeof(std::uint64_t)) in.fail("it is longer than its items");
  if ((items == 0) != entry_points.empty()) in.fail("its entry points contradict its items");
  for (const Slot entry : entry_points) {
    if (entry >= items || graph.top_of(entry) != graph.top_level()) {
      in.fail("an entry point is not on the top level");
    }
  }
  graph.set_entry_points(std::move(entry_points));
  return graph;
}

}  // namespace skerry::experiments
