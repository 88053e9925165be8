#include "kv/persistent_tree.h"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <optional>
#include <utility>

namespace skerry::kv {

namespace {

constexpr std::size_t fanout = 64;

}  // namespace

/// A leaf has records; an inner node has children, and first[i] is a key <= every key below
/// children[i] and > every key below children[i - 1]. first[0] is never looked at.
struct PersistentTree::Node {
  std::vector<Record> records;
  std::vector<Record> first;
  std::vector<std::shared_ptr<Node>> children;

  bool leaf() const noexcept { return children.empty(); }

  std::size_t size() const noexcept { return leaf() ? records.size() : children.size(); }
};

namespace {

using Node = PersistentTree::Node;
using Record = PersistentTree::Record;

/// Three-way comparison of a record's key with (prefix, key).
int compare(const Record& record, std::uint64_t prefix, Key key) noexcept {
  if (record.prefix != prefix) return record.prefix < prefix ? -1 : 1;
  const std::size_t common = std::min<std::size_t>(record.key_size, key.size());
  if (common > 8) {
    if (const int order = std::memcmp(record.key + 8, key.data() + 8, common - 8); order != 0) {
      return order;
    }
  }
  // Equal so far; zero padding makes the prefixes of "a" and "a\0" equal, so lengths decide.
  if (record.key_size == key.size()) return 0;
  return record.key_size < key.size() ? -1 : 1;
}

/// Index of the first record that is not below the key.
std::size_t lower_bound(const std::vector<Record>& records, std::uint64_t prefix,
                        Key key) noexcept {
  std::size_t low = 0;
  std::size_t count = records.size();
  while (count > 0) {
    const std::size_t half = count / 2;
    if (compare(records[low + half], prefix, key) < 0) {
      low += half + 1;
      count -= half + 1;
    } else {
      count = half;
    }
  }
  return low;
}

/// The child of an inner node whose range holds the key.
std::size_t child_for(const Node& node, std::uint64_t prefix, Key key) noexcept {
  std::size_t low = 0;
  std::size_t count = node.children.size() - 1;
  while (count > 0) {  // the last child whose first key is <= key
    const std::size_t half = (count + 1) / 2;
    if (compare(node.first[low + half], prefix, key) <= 0) {
      low += half;
      count -= half;
    } else {
      count = half - 1;
    }
  }
  return low;
}

/// Makes `node` the only holder of what it points to, copying if another tree holds it too.
Node& own(std::shared_ptr<Node>& node) {
  if (node.use_count() != 1) {
    node = std::make_shared<Node>(*node);
  } else {
    // Another thread may just have let go of it after reading: order its reads before our writes.
    std::atomic_thread_fence(std::memory_order_acquire);
  }
  return *node;
}

/// Splits a node that has outgrown the fanout; the upper half is returned.
std::shared_ptr<Node> split(Node& node) {
  auto upper = std::make_shared<Node>();
  const auto half = static_cast<std::ptrdiff_t>(node.size() / 2);
  const auto move_tail = [half](auto& from, auto& to) {
    if (from.empty()) return;
    to.assign(std::make_move_iterator(from.begin() + half), std::make_move_iterator(from.end()));
    from.erase(from.begin() + half, from.end());
  };
  const bool leaf = node.leaf();
  if (leaf) {
    move_tail(node.records, upper->records);
  } else {
    move_tail(node.first, upper->first);
    move_tail(node.children, upper->children);
  }
  return upper;
}

const Record& first_record(const Node& node) {
  return node.leaf() ? node.records.front() : node.first.front();
}

/// Puts `record` below `node`; a node that had to split gives its upper half.
std::shared_ptr<Node> insert(Node& node, Record record, std::optional<Record>& replaced) {
  const Key key = record.key_bytes();
  if (node.leaf()) {
    const std::size_t at = lower_bound(node.records, record.prefix, key);
    if (at < node.records.size() && compare(node.records[at], record.prefix, key) == 0) {
      replaced = std::exchange(node.records[at], std::move(record));
      return nullptr;
    }
    node.records.insert(node.records.begin() + static_cast<std::ptrdiff_t>(at), std::move(record));
  } else {
    const std::size_t at = child_for(node, record.prefix, key);
    const auto upper = insert(own(node.children[at]), std::move(record), replaced);
    if (upper) {
      const auto next = static_cast<std::ptrdiff_t>(at + 1);
      node.first.insert(node.first.begin() + next, first_record(*upper));
      node.children.insert(node.children.begin() + next, upper);
    }
  }
  return node.size() > fanout ? split(node) : nullptr;
}

bool remove(Node& node, std::uint64_t prefix, Key key, std::optional<Record>& removed) {
  if (node.leaf()) {
    const std::size_t at = lower_bound(node.records, prefix, key);
    if (at == node.records.size() || compare(node.records[at], prefix, key) != 0) return false;
    removed = std::move(node.records[at]);
    node.records.erase(node.records.begin() + static_cast<std::ptrdiff_t>(at));
    return true;
  }
  const std::size_t at = child_for(node, prefix, key);
  if (!remove(own(node.children[at]), prefix, key, removed)) return false;
  if (node.children[at]->size() == 0) {
    node.first.erase(node.first.begin() + static_cast<std::ptrdiff_t>(at));
    node.children.erase(node.children.begin() + static_cast<std::ptrdiff_t>(at));
  }
  return true;
}

}  // namespace

std::uint64_t PersistentTree::prefix_of(Key key) noexcept {
  std::byte first[8] = {};
  if (!key.empty()) std::memcpy(first, key.data(), std::min<std::size_t>(key.size(), 8));
  return load_be64(first);
}

const Record* PersistentTree::find(Key key) const noexcept {
  const Node* node = root_.get();
  if (node == nullptr) return nullptr;
  const std::uint64_t prefix = prefix_of(key);
  while (!node->leaf()) node = node->children[child_for(*node, prefix, key)].get();
  const std::size_t at = lower_bound(node->records, prefix, key);
  if (at == node->records.size() || compare(node->records[at], prefix, key) != 0) return nullptr;
  return &node->records[at];
}

std::span<std::byte> PersistentTree::put(Key key, std::size_t value_size) {
  const std::shared_ptr<std::byte[]> owner(new std::byte[key.size() + value_size + 1]);
  std::memcpy(owner.get(), key.data(), key.size());
  std::byte* const value = owner.get() + key.size();
  Record record{prefix_of(key),
                owner.get(),
                value,
                static_cast<std::uint32_t>(key.size()),
                static_cast<std::uint32_t>(value_size),
                owner};
  if (!root_) root_ = std::make_shared<Node>();
  std::optional<Record> replaced;
  if (const auto upper = insert(own(root_), std::move(record), replaced)) {
    auto root = std::make_shared<Node>();
    root->first = {first_record(*root_), first_record(*upper)};
    root->children = {root_, upper};
    root_ = std::move(root);
  }
  if (replaced) {
    value_bytes_ -= replaced->value_size;
  } else {
    ++entries_;
    key_bytes_ += key.size();
  }
  value_bytes_ += value_size;
  return {value, value_size};
}

bool PersistentTree::erase(Key key) {
  if (!find(key)) return false;
  std::optional<Record> removed;
  remove(own(root_), prefix_of(key), key, removed);
  --entries_;
  key_bytes_ -= removed->key_size;
  value_bytes_ -= removed->value_size;
  while (root_ && !root_->leaf() && root_->size() == 1) root_ = std::shared_ptr(root_->children[0]);
  if (entries_ == 0) root_.reset();
  return true;
}

const Record* PersistentTree::last() const noexcept {
  const Node* node = root_.get();
  if (node == nullptr) return nullptr;
  while (!node->leaf()) node = node->children.back().get();
  return node->records.empty() ? nullptr : &node->records.back();
}

std::uint32_t PersistentTree::depth() const noexcept {
  std::uint32_t depth = 0;
  for (const Node* node = root_.get(); node != nullptr; ++depth) {
    node = node->leaf() ? nullptr : node->children[0].get();
  }
  return depth;
}

void PersistentTree::assign(std::vector<Record> ascending) {
  *this = PersistentTree();
  if (ascending.empty()) return;
  std::vector<std::shared_ptr<Node>> level;
  for (std::size_t i = 0; i < ascending.size(); i += fanout) {
    auto leaf = std::make_shared<Node>();
    const std::size_t end = std::min(ascending.size(), i + fanout);
    for (std::size_t j = i; j < end; ++j) {
      ++entries_;
      key_bytes_ += ascending[j].key_size;
      value_bytes_ += ascending[j].value_size;
      leaf->records.push_back(std::move(ascending[j]));
    }
    level.push_back(std::move(leaf));
  }
  while (level.size() > 1) {
    std::vector<std::shared_ptr<Node>> above;
    for (std::size_t i = 0; i < level.size(); i += fanout) {
      auto node = std::make_shared<Node>();
      for (std::size_t j = i; j < std::min(level.size(), i + fanout); ++j) {
        node->first.push_back(first_record(*level[j]));
        node->children.push_back(std::move(level[j]));
      }
      above.push_back(std::move(node));
    }
    level = std::move(above);
  }
  root_ = std::move(level[0]);
}

const Record* PersistentTree::Iterator::seek(Key key) {
  path_.clear();
  const Node* node = tree_->root_.get();
  if (node == nullptr) return nullptr;
  const std::uint64_t prefix = prefix_of(key);
  while (!node->leaf()) {
    const std::size_t child = key.empty() ? 0 : child_for(*node, prefix, key);
    path_.push_back({node, child});
    node = node->children[child].get();
  }
  const std::size_t at = key.empty() ? 0 : lower_bound(node->records, prefix, key);
  path_.push_back({node, at});
  if (at < node->records.size()) return &node->records[at];
  path_.back().child = node->records.size() - 1;  // so that next() leaves this leaf
  return next();
}

const Record* PersistentTree::Iterator::next() {
  while (!path_.empty()) {
    Step& step = path_.back();
    if (++step.child < step.node->size()) break;
    path_.pop_back();
  }
  if (path_.empty()) return nullptr;
  while (!path_.back().node->leaf()) {
    const Node* child = path_.back().node->children[path_.back().child].get();
    path_.push_back({child, 0});
  }
  return &path_.back().node->records[path_.back().child];
}

}  // namespace skerry::kv
