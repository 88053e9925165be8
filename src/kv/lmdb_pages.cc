#include "kv/lmdb_pages.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "base/error.h"
#include "kv/lmdb_data_file.h"
#include "kv/lmdb_format.h"
#include "kv/lmdb_free_pages.h"
#include "kv/lmdb_metas.h"
#include "kv/lmdb_page.h"
#include "kv/names.h"

namespace skerry::kv {

namespace {

using lmdb::Node;
using lmdb::Page;
using lmdb::Tree;

std::uint64_t number_of(Bytes key) { return load<std::uint64_t>(key.data()); }

/// Names are bytes in a file that may be damaged.
std::string printable(std::string_view name) {
  const bool plain =
      std::all_of(name.begin(), name.end(), [](char c) { return c >= ' ' && c <= '~'; });
  return plain ? std::string(name) : "0x" + to_hex(as_bytes(name));
}

/// One tree on its way through the file.
struct Walked {
  std::string name;
  Tree head;
  bool free = false;  ///< the tree of free pages: its keys are numbers
  bool main = false;
  std::uint64_t faults = 0;
  TableWalk found{};
};

class Walk {
 public:
  Walk(const std::filesystem::path& path, const RecordVisitor& visit)
      : file_(path), visit_(visit) {}

  PageWalk run() {
    lmdb::Metas metas = lmdb::read_metas(file_);
    for (std::uint64_t page = 0; page < lmdb::meta_pages; ++page) {
      if (!metas.faults[page].empty()) fault(meta_pages_name, {}, page, metas.faults[page]);
    }
    if (!metas.newest) return std::move(result_);
    version_ = *metas.newest;
    const lmdb::Meta& meta = version_.meta;
    result_.transaction = meta.transaction;
    result_.page_size = meta.page_size();
    result_.pages = lmdb::meta_pages;
    in_use_.resize(std::min(file_.size() / meta.page_size(), meta.last_page + 1));

    walk_tree({.name = std::string(free_pages_name), .head = meta.free, .free = true});
    walk_tree({.name = std::string(main_table_name), .head = meta.main, .main = true});
    for (Walked& table : named_) walk_tree(std::move(table));
    result_.free_pages =
        free_.check(in_use_, [&](const lmdb::FreePages::Entry& entry, std::string what) {
          std::array<std::byte, sizeof(entry.transaction)> key;
          store(key.data(), entry.transaction);
          fault(free_pages_name, key, entry.page, std::move(what));
        });
    if (result_.fault_count == 0) {
      result_.lost_pages = meta.last_page + 1 - result_.pages - result_.free_pages;
    }
    if (lmdb::MetaBytes now; !file_.read(version_.at, now).empty() || now != version_.bytes) {
      throw Error(Code::busy, "the file was written to while it was read; try again",
                  {.path = file_.path().string()});
    }
    return std::move(result_);
  }

 private:
  void fault(std::string_view table, Bytes key, std::uint64_t page, std::string what) {
    ++result_.fault_count;
    if (result_.faults.size() >= most_page_faults) return;
    result_.faults.push_back({printable(table), to_hex(key), page, std::move(what)});
  }

  void fault(Walked& tree, Bytes key, std::uint64_t page, std::string what) {
    ++tree.faults;
    fault(tree.name, key, page, std::move(what));
  }

  void walk_tree(Walked tree);
  void check_counts(Walked& tree);
  void walk_page(Walked& tree, std::uint64_t number, unsigned level, Bytes low,
                 std::optional<Bytes> high);
  void walk_leaf(Walked& tree, std::uint64_t number, const Page& page);
  bool read_big_value(Walked& tree, std::uint64_t number, const Node& node, Bytes& value);
  bool claim(Walked& tree, Bytes key, std::uint64_t from, std::uint64_t page, std::uint64_t count);

  bool less(const Walked& tree, Bytes a, Bytes b) const {
    return tree.free ? number_of(a) < number_of(b) : key_less(a, b);
  }

  struct Level {
    std::vector<std::byte> bytes;
    Page page;
  };

  lmdb::DataFile file_;
  const RecordVisitor& visit_;
  PageWalk result_;
  lmdb::Version version_;
  std::vector<bool> in_use_;  // by page number, of those both in the file and of the version
  std::array<Level, lmdb::deepest_tree> levels_;
  std::vector<std::byte> value_;
  std::vector<Walked> named_;
  lmdb::FreePages free_;
};

void Walk::walk_tree(Walked tree) {
  tree.found.table = printable(tree.name);
  const unsigned flags = tree.free ? 0 : tree.head.flags;
  if (flags != 0) {
    fault(tree, {}, tree.head.root,
          fmt::format("the table's flags are {:#x}; tables here have none", flags));
  } else if (tree.head.depth > lmdb::deepest_tree) {
    fault(tree, {}, tree.head.root,
          fmt::format("its depth is {}; {} is the most", tree.head.depth, lmdb::deepest_tree));
  } else if ((tree.head.depth == 0) != (tree.head.root == lmdb::no_page)) {
    fault(tree, {}, tree.head.root,
          fmt::format("its depth is {}, its root page {}", tree.head.depth,
                      static_cast<std::int64_t>(tree.head.root)));
  } else if (tree.head.depth > 0) {
    if (claim(tree, {}, tree.head.root, tree.head.root, 1)) {
      walk_page(tree, tree.head.root, 1, {}, {});
    }
  }
  if (tree.faults == 0) check_counts(tree);
  result_.tables.push_back(std::move(tree.found));
}

void Walk::check_counts(Walked& tree) {
  const TableWalk& found = tree.found;
  const Tree& head = tree.head;
  const auto compare = [&](const char* what, std::uint64_t stated, std::uint64_t counted) {
    if (stated == counted) return;
    fault(tree, {}, head.root,
          fmt::format("its head has {} {}, the walk found {}", stated, what, counted));
  };
  compare("levels", head.depth, found.depth);
  compare("branch pages", head.branch_pages, found.branch_pages);
  compare("leaf pages", head.leaf_pages, found.leaf_pages);
  compare("overflow pages", head.overflow_pages, found.overflow_pages);
  compare("records", head.entries, found.records);
}

/// Takes pages for the tree. `from` is the page that leads to them.
bool Walk::claim(Walked& tree, Bytes key, std::uint64_t from, std::uint64_t page,
                 std::uint64_t count) {
  const std::uint64_t pages = in_use_.size();
  if (page < lmdb::meta_pages || page >= pages || count > pages - page) {
    fault(tree, key, from,
          fmt::format("it leads to page {}{}, which the file's {} pages do not hold", page,
                      count > 1 ? fmt::format(" and {} after it", count - 1) : "", pages));
    return false;
  }
  for (std::uint64_t i = page; i < page + count; ++i) {
    if (in_use_[i]) {
      fault(tree, key, from, fmt::format("it leads to page {}, which is in use elsewhere", i));
      return false;
    }
  }
  for (std::uint64_t i = page; i < page + count; ++i) in_use_[i] = true;
  result_.pages += count;
  return true;
}

/// The page's keys must lie in [low, high).
void Walk::walk_page(Walked& tree, std::uint64_t number, unsigned level, Bytes low,
                     std::optional<Bytes> high) {
  auto& [bytes, page] = levels_[level - 1];
  bytes.resize(result_.page_size);
  std::string why = file_.read(number * result_.page_size, bytes);
  if (why.empty()) why = page.read(bytes, number);
  const std::vector<Node>& nodes = page.nodes();
  if (!why.empty()) return fault(tree, nodes.empty() ? low : nodes.back().key, number, why);
  const bool leaf = page.leaf();
  // The head's depth is held against the first leaf's level once, by check_counts().
  if (leaf && tree.found.depth == 0) tree.found.depth = level;
  const unsigned leaves = tree.found.depth == 0 ? lmdb::deepest_tree : tree.found.depth;
  if (leaf ? level != leaves : level >= leaves) {
    return fault(tree, low, number,
                 fmt::format("a {} on level {}; leaves are on level {}", leaf ? "leaf" : "branch",
                             level, leaves));
  }
  // LMDB stops the process at a branch with one child, but for the list of free pages.
  if (!leaf && nodes.size() < 2 && !tree.free) {
    return fault(tree, low, number, "a branch with one child");
  }
  Bytes before = low;
  for (std::size_t i = leaf ? 0 : 1; i < nodes.size(); ++i) {
    const Bytes key = nodes[i].key;
    if (tree.free && key.size() != sizeof(std::uint64_t)) {
      return fault(tree, before, number, fmt::format("a key of {} bytes", key.size()));
    }
    const bool first_of_leaf = leaf && i == 0;
    if (!before.empty() && !(first_of_leaf ? !less(tree, key, before) : less(tree, before, key))) {
      return fault(tree, before, number,
                   fmt::format("key {} comes after key {}", to_hex(key), to_hex(before)));
    }
    if (high && !less(tree, key, *high)) {
      return fault(tree, before, number,
                   fmt::format("key {} belongs into a later page, from key {} on", to_hex(key),
                               to_hex(*high)));
    }
    before = key;
  }
  if (leaf) {
    ++tree.found.leaf_pages;
    return walk_leaf(tree, number, page);
  }
  ++tree.found.branch_pages;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const Bytes from = i == 0 ? low : nodes[i].key;
    const auto to = i + 1 < nodes.size() ? std::optional(nodes[i + 1].key) : high;
    if (claim(tree, from, number, nodes[i].child, 1)) {
      walk_page(tree, nodes[i].child, level + 1, from, to);
    }
  }
}

void Walk::walk_leaf(Walked& tree, std::uint64_t number, const Page& page) {
  for (const Node& node : page.nodes()) {
    ++tree.found.records;
    Bytes value = node.value;
    if (node.flags == lmdb::sub_data) {
      if (tree.main) {
        named_.push_back({std::string(as_text(node.key)), Tree::load(value.data())});
      } else {
        fault(tree, node.key, number, "a table within a table");
      }
      continue;
    }
    if (!tree.free) ++result_.records;
    if (node.flags == lmdb::big_data && !read_big_value(tree, number, node, value)) continue;
    if (tree.free) {
      std::string why = free_.take(number_of(node.key), value, version_.meta);
      if (!why.empty()) fault(tree, node.key, number, std::move(why));
    } else if (visit_) {
      visit_(tree.main ? std::string_view() : tree.name, node.key, value);
    }
  }
}

bool Walk::read_big_value(Walked& tree, std::uint64_t number, const Node& node, Bytes& value) {
  const auto first = load<std::uint64_t>(node.value.data());
  const std::uint64_t needed = lmdb::overflow_pages(node.size, result_.page_size);
  if (!claim(tree, node.key, number, first, needed)) return false;
  std::array<std::byte, lmdb::page_header> header;
  std::string why = file_.read(first * result_.page_size, header);
  const auto carried = load<std::uint64_t>(header.data());
  const auto flags = load<std::uint16_t>(header.data() + 10);
  const std::uint64_t pages = load<std::uint32_t>(header.data() + 12);
  if (why.empty() && carried != first) why = fmt::format("it carries the page number {}", carried);
  if (why.empty() && flags != lmdb::overflow_page) {
    why =
        fmt::format("its flags are {:#x}; an overflow page has {:#x}", flags, lmdb::overflow_page);
  }
  if (why.empty() && pages < needed) {
    why = fmt::format("an overflow run of {} pages; its value of {} bytes needs {}", pages,
                      node.size, needed);
  }
  if (!why.empty()) {
    fault(tree, node.key, first, why);
    return false;
  }
  // A value that was replaced by a shorter one keeps its run.
  if (pages > needed && !claim(tree, node.key, first, first + needed, pages - needed)) return false;
  tree.found.overflow_pages += pages;
  if (!visit_ && !tree.free) return true;
  value_.resize(node.size);  // not more than the run, which lies in the file
  why = file_.read(first * result_.page_size + lmdb::page_header, value_);
  if (!why.empty()) {
    fault(tree, node.key, first, why);
    return false;
  }
  value = value_;
  return true;
}

}  // namespace

PageWalk walk_lmdb_pages(const std::filesystem::path& file, const RecordVisitor& visit) {
  return Walk(file, visit).run();
}

}  // namespace skerry::kv
