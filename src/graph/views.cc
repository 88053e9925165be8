#include "graph/views.h"

#include "base/error.h"

namespace skerry::graph {

DirectView::DirectView(const StoredIndex& index) : index_(&index), row_bytes_(index.row_bytes()) {}

Code DirectView::links(unsigned level, Slot slot, std::span<const Slot>& out) {
  link_scope_.reset();
  failure_ = {false, level, slot};
  const LinkKey key(level, slot);
  kv::View value;
  if (const Code code = index_->snapshot().get(index_->links(), key.bytes, link_scope_, value);
      code != Code::ok) {
    return code;
  }
  const Meta& meta = index_->meta();
  const Code code = index_->codec().decode(
      value.bytes(), {slot, static_cast<Slot>(meta.items), meta.bounds.at(level)}, decoded_);
  out = decoded_;
  return code;
}

Code DirectView::rows(std::span<const Slot> slots, const std::byte** out) {
  row_scope_.reset();
  failure_ = {true, 0, slots.empty() ? Slot{0} : slots[0]};
  const std::size_t count = slots.size();
  if (keys_.size() < count) {
    key_bytes_.resize(count);
    keys_.resize(count);
    values_.resize(count);
    for (std::size_t i = 0; i < count; ++i) keys_[i] = key_bytes_[i];
  }
  for (std::size_t i = 0; i < count; ++i) key_bytes_[i] = VectorKey(slots[i]).bytes;
  const std::span<kv::View> values = std::span(values_).first(count);
  if (const Code code = index_->snapshot().multi_get(
          index_->vectors(), std::span(keys_).first(count), values, row_scope_);
      code != Code::ok) {
    return code;
  }
  for (std::size_t i = 0; i < count; ++i) {
    if (values[i] && values[i].size != row_bytes_) {
      failure_.slot = slots[i];
      return Code::corrupt;
    }
    out[i] = values[i].data;
  }
  return Code::ok;
}

namespace {

constexpr unsigned size_bits = 16;

std::uint64_t pack(const kv::View& view) {
  const auto address = reinterpret_cast<std::uint64_t>(view.data);
  if (address >> (64 - size_bits) != 0 || view.size >> size_bits != 0) return 0;
  return (address << size_bits) | view.size;
}

Bytes unpack(std::uint64_t word) {
  return {reinterpret_cast<const std::byte*>(word >> size_bits),
          static_cast<std::size_t>(word & ((1U << size_bits) - 1))};
}

}  // namespace

Memo::Memo(const StoredIndex& index) : index_(&index) {
  if (index.snapshot().view_life() != kv::ViewLife::snapshot) {
    throw Error(Code::unsupported,
                "view `memo` needs a store whose values stay in place for the life of a snapshot; "
                "for rocksdb, open it read-only");
  }
  const std::size_t items = index.meta().items;
  // A pointer table is an array over all slots on every level: the system provides only the pages
  // that are touched.
  for (unsigned level = 0; items > 0 && level <= index.meta().top_level; ++level) {
    links_.push_back(std::make_unique<Word[]>(items));
  }
  rows_ = std::make_unique<std::atomic<const std::byte*>[]>(items);
}

std::size_t Memo::resident_bytes() const noexcept {
  return index_->meta().items * (links_.size() * sizeof(Word) + sizeof(rows_[0]));
}

MemoView::MemoView(Memo& memo) : memo_(&memo), row_bytes_(memo.index().row_bytes()) {}

Code MemoView::links(unsigned level, Slot slot, std::span<const Slot>& out) {
  failure_ = {false, level, slot};
  std::atomic<std::uint64_t>& word = memo_->links_[level][slot];
  const StoredIndex& index = *memo_->index_;
  std::uint64_t known = word.load(std::memory_order_relaxed);
  Bytes value;
  if (known != 0) {
    value = unpack(known);
  } else {
    const LinkKey key(level, slot);
    kv::View view;
    if (const Code code = index.snapshot().get(index.links(), key.bytes, scope_, view);
        code != Code::ok) {
      return code;
    }
    word.store(pack(view), std::memory_order_relaxed);
    value = view.bytes();
  }
  const Meta& meta = index.meta();
  const Code code = index.codec().decode(
      value, {slot, static_cast<Slot>(meta.items), meta.bounds.at(level)}, decoded_);
  out = decoded_;
  return code;
}

Code MemoView::fetch_row(Slot slot, const std::byte*& row) {
  failure_ = {true, 0, slot};
  const StoredIndex& index = *memo_->index_;
  const VectorKey key(slot);
  kv::View view;
  const Code code = index.snapshot().get(index.vectors(), key.bytes, scope_, view);
  if (code == Code::not_found) {
    row = nullptr;
    return Code::ok;
  }
  if (code != Code::ok) return code;
  if (view.size != row_bytes_) return Code::corrupt;
  row = view.data;
  memo_->rows_[slot].store(row, std::memory_order_relaxed);
  return Code::ok;
}

Code MemoView::rows(std::span<const Slot> slots, const std::byte** out) {
  for (std::size_t i = 0; i < slots.size(); ++i) {
    const std::byte* row = memo_->rows_[slots[i]].load(std::memory_order_relaxed);
    if (row == nullptr) {
      if (const Code code = fetch_row(slots[i], row); code != Code::ok) return code;
    }
    out[i] = row;
    __builtin_prefetch(row);
  }
  return Code::ok;
}

void MemoView::prefetch(Slot slot) const noexcept {
  const std::uint64_t word = memo_->links_[0][slot].load(std::memory_order_relaxed);
  __builtin_prefetch(unpack(word).data());
}

}  // namespace skerry::graph
