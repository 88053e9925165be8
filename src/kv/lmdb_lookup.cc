#include "kv/lmdb_lookup.h"

#include <algorithm>
#include <array>

#include "kv/names.h"

namespace skerry::kv::lmdb {

namespace {

constexpr std::size_t at_once = 32;  // descents; a hop has fewer fresh neighbours, as a rule
constexpr std::size_t cache_line = 64;

/// The first eight bytes as a number, zeros behind a shorter key: keys that differ there compare as
/// these numbers do.
std::uint64_t head_of(const std::byte* key, std::size_t size) noexcept {
  if (size >= 8) return load_be64(key);
  if (size >= 4) {
    // Two words that overlap; of the second only what is behind the first.
    const std::uint64_t last = load_be32(key + size - 4);
    return (std::uint64_t{load_be32(key)} << 32) | ((last << (8 * (8 - size))) & 0xffffffffU);
  }
  std::uint64_t head = 0;
  for (std::size_t i = 0; i < size; ++i) {
    head |= std::to_integer<std::uint64_t>(key[i]) << (56 - 8 * i);
  }
  return head;
}

struct Wanted {
  Key key;
  std::uint64_t head;
  // Heads of the first key of the page that is next and of the first one behind it, where the pages
  // above tell them: `from` is below `to` then.
  std::uint64_t from = 0;
  std::uint64_t to = 0;

  /// Where in a page of `count` nodes the key is if keys lie evenly, as those of blocks and slots
  /// do, which are numbered with few gaps.
  std::size_t guess(std::size_t count) const noexcept {
    // Without the last bits, so that the product keeps within 64.
    const std::uint64_t range = (to - from) >> 16;
    if (to <= from || range == 0 || head < from || head >= to) return count / 2;
    return std::min<std::size_t>(((head - from) >> 16) * count / range, count - 1);
  }
};

/// A page of which only the header was believed: its nodes lie within it or are corrupt.
class PageNodes {
 public:
  PageNodes(const std::byte* page, std::size_t page_size) : page_(page), page_size_(page_size) {}

  /// Whether it is of this kind, with its table of nodes within it.
  bool open(unsigned kind) noexcept {
    const std::size_t lower = load<std::uint16_t>(page_ + 12);
    if (load<std::uint16_t>(page_ + 10) != kind || lower < page_header || lower > page_size_) {
      return false;
    }
    count_ = (lower - page_header) / 2;
    return count_ > 0;
  }

  std::size_t count() const noexcept { return count_; }

  /// The node's place; null where it or its key leaves the page.
  const std::byte* node(std::size_t index) const noexcept {
    const std::size_t at = offset(index);
    if (at + node_header > page_size_) return nullptr;
    const std::byte* found = page_ + at;
    return at + node_header + key_size(found) <= page_size_ ? found : nullptr;
  }

  std::size_t offset(std::size_t index) const noexcept {
    return load<std::uint16_t>(page_ + page_header + 2 * index);
  }

  static std::size_t key_size(const std::byte* node) noexcept {
    return load<std::uint16_t>(node + 6);
  }

  /// Bytes of the page from the end of the node's key.
  std::size_t left_behind(const std::byte* node) const noexcept {
    return page_size_ - static_cast<std::size_t>(node - page_) - node_header - key_size(node);
  }

  /// The number of nodes from `first` on whose keys are not above the wanted one; none if a node is
  /// corrupt, and `corrupt` is set then. Looks first at `look` and next to it, and then halves what
  /// is left.
  std::size_t not_above(const Wanted& wanted, std::size_t first, std::size_t look,
                        bool& corrupt) const noexcept {
    std::size_t low = first;
    std::size_t high = count_;
    for (bool guessed = true; low < high; guessed = false) {
      if (look < low || look >= high) look = low + (high - low) / 2;
      const std::byte* at = node(look);
      if (at == nullptr) {
        corrupt = true;
        return 0;
      }
      const bool beyond = above(at, wanted);
      (beyond ? high : low) = beyond ? look : look + 1;
      look = !guessed ? low + (high - low) / 2 : beyond ? look - 1 : look + 1;
    }
    return low - first;
  }

  static std::uint64_t head(const std::byte* node) noexcept {
    return head_of(node + node_header, key_size(node));
  }

  static bool is(const std::byte* node, const Wanted& wanted) noexcept {
    return key_size(node) == wanted.key.size() &&
           std::memcmp(node + node_header, wanted.key.data(), wanted.key.size()) == 0;
  }

 private:
  static bool above(const std::byte* node, const Wanted& wanted) noexcept {
    const std::size_t size = key_size(node);
    const std::uint64_t own = head(node);
    if (own != wanted.head) return own > wanted.head;
    return key_less(wanted.key, {node + node_header, size});
  }

  const std::byte* page_;
  std::size_t page_size_;
  std::size_t count_ = 0;
};

/// The descents of up to `at_once` keys.
class Descents {
 public:
  Descents(const PageMap& map, std::span<const Key> keys) : map_(&map), count_(keys.size()) {
    for (std::size_t i = 0; i < count_; ++i) {
      wanted_[i] = {keys[i], head_of(keys[i].data(), keys[i].size()), 0, 0};
    }
  }

  /// Everything starts at the root.
  bool start(std::uint64_t root) noexcept {
    for (std::size_t i = 0; i < count_; ++i) {
      if (!go_to(i, root)) return false;
    }
    return true;
  }

  /// From branches to their children.
  bool step() noexcept {
    for (std::size_t i = 0; i < count_; ++i) {
      PageNodes page(pages_[i], map_->page_size);
      if (!page.open(branch_page)) return false;
      // The first child takes all keys below the second's; its own key may be empty.
      Wanted& wanted = wanted_[i];
      bool corrupt = false;
      const std::size_t child = page.not_above(wanted, 1, wanted.guess(page.count()), corrupt);
      const std::byte* node = corrupt ? nullptr : page.node(child);
      if (node == nullptr) return false;
      if (child > 0) wanted.from = PageNodes::head(node);
      if (child + 1 < page.count()) {
        const std::byte* next = page.node(child + 1);
        if (next == nullptr) return false;
        wanted.to = PageNodes::head(next);
      }
      const std::uint64_t number =
          load<std::uint32_t>(node) | (std::uint64_t{load<std::uint16_t>(node + 4)} << 32);
      if (!go_to(i, number)) return false;
    }
    return true;
  }

  /// Asks for the node of each leaf that the search meets first.
  void touch_leaves() const noexcept {
    for (std::size_t i = 0; i < count_; ++i) {
      PageNodes page(pages_[i], map_->page_size);
      if (!page.open(leaf_page)) continue;
      const std::size_t node = wanted_[i].guess(page.count());
      __builtin_prefetch(pages_[i] + std::min<std::size_t>(page.offset(node), map_->page_size - 1));
    }
  }

  bool read_leaves(std::span<View> views) const noexcept {
    for (std::size_t i = 0; i < count_; ++i) {
      views[i] = {};
      PageNodes page(pages_[i], map_->page_size);
      if (!page.open(leaf_page)) return false;
      bool corrupt = false;
      const std::size_t after =
          page.not_above(wanted_[i], 0, wanted_[i].guess(page.count()), corrupt);
      if (corrupt) return false;
      if (after == 0) continue;
      const std::byte* node = page.node(after - 1);
      if (PageNodes::is(node, wanted_[i]) && !read_value(page, node, views[i])) return false;
    }
    return true;
  }

 private:
  bool go_to(std::size_t i, std::uint64_t number) noexcept {
    if (number < meta_pages || number >= map_->pages) return false;
    pages_[i] = map_->data + number * map_->page_size;
    __builtin_prefetch(pages_[i]);
    __builtin_prefetch(pages_[i] + cache_line);
    return true;
  }

  bool read_value(const PageNodes& page, const std::byte* node, View& view) const noexcept {
    const std::size_t size =
        load<std::uint16_t>(node) | (std::size_t{load<std::uint16_t>(node + 2)} << 16);
    const unsigned flags = load<std::uint16_t>(node + 4);
    const std::byte* value = node + node_header + PageNodes::key_size(node);
    const std::size_t left = page.left_behind(node);
    if (flags == 0) {
      if (size > left) return false;
    } else {
      if (flags != big_data || left < sizeof(std::uint64_t)) return false;
      const auto number = load<std::uint64_t>(value);
      if (number < meta_pages || number >= map_->pages ||
          overflow_pages(size, map_->page_size) > map_->pages - number) {
        return false;
      }
      value = map_->data + number * map_->page_size + page_header;
    }
    view = {value, size};
    return true;
  }

  const PageMap* map_;
  std::size_t count_;
  std::array<Wanted, at_once> wanted_;
  std::array<const std::byte*, at_once> pages_;
};

}  // namespace

Code lookup(const PageMap& map, const Tree& tree, std::span<const Key> keys,
            std::span<View> views) noexcept {
  if (keys.size() != views.size()) return Code::invalid_argument;
  std::fill(views.begin(), views.end(), View{});
  if (!std::all_of(keys.begin(), keys.end(), legal_key)) return Code::key_size;
  if (tree.root == no_page) return Code::ok;
  if (tree.depth == 0 || tree.depth > deepest_tree) return Code::corrupt;
  for (std::size_t first = 0; first < keys.size(); first += at_once) {
    const std::size_t count = std::min(at_once, keys.size() - first);
    Descents descents(map, keys.subspan(first, count));
    bool sound = descents.start(tree.root);
    for (unsigned level = 1; sound && level < tree.depth; ++level) sound = descents.step();
    if (sound && count > 1) descents.touch_leaves();
    if (!sound || !descents.read_leaves(views.subspan(first, count))) {
      std::fill(views.begin(), views.end(), View{});
      return Code::corrupt;
    }
  }
  return Code::ok;
}

}  // namespace skerry::kv::lmdb
