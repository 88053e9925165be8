#include "graph/views.h"

#include "base/error.h"
#include "base/prefetch.h"

namespace skerry::graph {

DirectView::DirectView(const StoredIndex& index, const RowPlaces& places)
    : index_(&index), places_(places), beside_(index, places) {}

Code DirectView::links(unsigned level, Slot slot, std::span<const Slot>& out) {
  beside_.forget();
  link_scope_.reset();
  failure_ = {false, level, slot};
  kv::View value;
  Bytes list;
  Code code = index_->get_list(level, slot, link_scope_, value, list);
  if (code != Code::ok) return code;
  if (stopwatch_ != nullptr) stopwatch_->lap(Part::store);
  const Meta& meta = index_->meta();
  code = index_->codec().decode(list, {slot, static_cast<Slot>(meta.slots), meta.bounds.at(level)},
                                decoded_);
  if (stopwatch_ != nullptr) stopwatch_->lap(Part::decode);
  out = decoded_;
  if (code != Code::ok || level > 0 || !beside_.used()) return code;
  return beside_.take(decoded_, Packing::behind(value.bytes(), list));
}

Code DirectView::rows(std::span<const Slot> slots, const std::byte** out) {
  if (beside_.find(slots, out)) return Code::ok;
  row_scope_.reset();
  failure_ = {true, 0, slots.empty() ? Slot{0} : slots[0], places_.codes};
  const std::size_t count = slots.size();
  if (keys_.size() < count) {
    key_bytes_.resize(count);
    keys_.resize(count);
    values_.resize(count);
    for (std::size_t i = 0; i < count; ++i) keys_[i] = key_bytes_[i];
  }
  // Lists ascend, so that slots of one value stand side by side and it is asked for once.
  const Packing& packing = places_.packing;
  std::size_t asked = 0;
  Slot last = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const Slot block = packing.row_block(slots[i]);
    if (asked > 0 && block == last) continue;
    key_bytes_[asked++] = VectorKey(block).bytes;
    last = block;
  }
  const std::span<kv::View> values = std::span(values_).first(asked);
  if (const Code code = index_->snapshot().multi_get(places_.table, std::span(keys_).first(asked),
                                                     values, row_scope_);
      code != Code::ok) {
    return code;
  }
  std::size_t at = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const Slot block = packing.row_block(slots[i]);
    if (i > 0 && block != last) ++at;
    last = block;
    out[i] = nullptr;
    if (!values[at]) continue;
    if (const Code code = places_.row(values[at].bytes(), slots[i], out[i]); code != Code::ok) {
      failure_.slot = slots[i];
      return code;
    }
    __builtin_prefetch(out[i]);
  }
  return Code::ok;
}

namespace {

constexpr unsigned size_bits = 16;

std::uint64_t pack(Bytes list) {
  const auto address = reinterpret_cast<std::uint64_t>(list.data());
  if (address >> (64 - size_bits) != 0 || list.size() >> size_bits != 0) return 0;
  return (address << size_bits) | list.size();
}

Bytes unpack(std::uint64_t word) {
  return {reinterpret_cast<const std::byte*>(word >> size_bits),
          static_cast<std::size_t>(word & ((1U << size_bits) - 1))};
}

}  // namespace

Memo::Memo(const StoredIndex& index, bool with_codes) : index_(&index) {
  if (index.snapshot().view_life() != kv::ViewLife::snapshot) {
    throw Error(Code::unsupported,
                "view `memo` needs a store whose values stay in place for the life of a snapshot; "
                "for rocksdb, open it read-only");
  }
  const std::size_t items = index.meta().slots;
  // A pointer table is an array over all slots on every level: the system provides only the pages
  // that are touched.
  for (unsigned level = 0; items > 0 && level <= index.meta().top_level; ++level) {
    links_.push_back(std::make_unique<Word[]>(items));
  }
  const auto table_of = [&](const RowPlaces& places) -> RowTable {
    return {places, std::make_unique<std::atomic<const std::byte*>[]>(items)};
  };
  rows_ = table_of(index.row_places());
  if (with_codes) codes_ = table_of(index.code_places());
}

std::size_t Memo::resident_bytes() const noexcept {
  const std::size_t pointers = codes_ ? 2 : 1;
  return index_->meta().slots *
         (links_.size() * sizeof(Word) + pointers * sizeof(rows_.pointers[0]));
}

MemoView::MemoView(Memo& memo, bool codes)
    : memo_(&memo),
      table_(codes ? &*memo.codes_ : &memo.rows_),
      asked_(asked_of_row(table_->places.packing.row_bytes())),
      beside_(memo.index(), table_->places) {}

Code MemoView::decode(unsigned level, Slot slot, Bytes list) {
  const StoredIndex& index = *memo_->index_;
  const Meta& meta = index.meta();
  return index.codec().decode(list, {slot, static_cast<Slot>(meta.slots), meta.bounds.at(level)},
                              decoded_);
}

Code MemoView::fetch_list(unsigned level, Slot slot, Bytes& list) {
  const StoredIndex& index = *memo_->index_;
  kv::View value;
  if (const Code code = index.get_list(level, slot, scope_, value, list); code != Code::ok) {
    return code;
  }
  if (level > 0) {
    memo_->links_[level][slot].store(pack(list), std::memory_order_relaxed);
    return Code::ok;
  }
  // The value was fetched and may hold others' lists, too.
  const Packing& packing = index.packing();
  if (packing.codes_inline()) {
    // What is remembered says where the codes begin; here it is known that they are all there.
    if (const Code code = decode(level, slot, list); code != Code::ok) return code;
    const std::size_t bytes = decoded_.size() * index.encoder()->code_bytes();
    if (Packing::behind(value.bytes(), list).size() != bytes) return Code::corrupt;
  }
  const Packing::Range range = packing.lists_in(packing.list_block(slot));
  for (Slot other = range.first; other < range.last; ++other) {
    Bytes each;
    if (packing.list(value.bytes(), other, each) != Code::ok) continue;
    memo_->links_[0][other].store(pack(each), std::memory_order_relaxed);
  }
  return Code::ok;
}

Code MemoView::links(unsigned level, Slot slot, std::span<const Slot>& out) {
  beside_.forget();
  failure_ = {false, level, slot};
  const std::uint64_t known = memo_->links_[level][slot].load(std::memory_order_relaxed);
  Bytes list = unpack(known);
  if (known == 0) {
    if (const Code code = fetch_list(level, slot, list); code != Code::ok) return code;
  }
  if (stopwatch_ != nullptr) stopwatch_->lap(Part::store);
  const Code code = decode(level, slot, list);
  if (stopwatch_ != nullptr) stopwatch_->lap(Part::decode);
  out = decoded_;
  if (code != Code::ok || level > 0 || !beside_.used()) return code;
  const std::byte* codes = list.data() + list.size();
  return beside_.take(decoded_, {codes, decoded_.size() * memo_->index_->encoder()->code_bytes()});
}

Code MemoView::fetch_row(Slot slot, const std::byte*& row) {
  failure_ = {true, 0, slot, table_->places.codes};
  const RowPlaces& places = table_->places;
  const Slot block = places.packing.row_block(slot);
  const VectorKey key(block);
  kv::View value;
  const kv::Snapshot& snapshot = memo_->index_->snapshot();
  const Code code = snapshot.get(places.table, key.bytes, scope_, value);
  row = nullptr;
  if (code == Code::not_found) return Code::ok;
  if (code != Code::ok) return code;
  const Packing::Range range = places.packing.rows_in(block);
  for (Slot other = range.first; other < range.last; ++other) {
    const std::byte* each = nullptr;
    if (const Code part = places.row(value.bytes(), other, each); part != Code::ok) return part;
    table_->pointers[other].store(each, std::memory_order_relaxed);
    if (other == slot) row = each;
  }
  return Code::ok;
}

Code MemoView::rows(std::span<const Slot> slots, const std::byte** out) {
  if (beside_.find(slots, out)) return Code::ok;
  for (std::size_t i = 0; i < slots.size(); ++i) {
    const std::byte* row = table_->pointers[slots[i]].load(std::memory_order_relaxed);
    if (row == nullptr) {
      if (const Code code = fetch_row(slots[i], row); code != Code::ok) return code;
    }
    out[i] = row;
    ask_for(row, asked_);
  }
  return Code::ok;
}

void MemoView::prefetch(Slot slot) const noexcept {
  const std::uint64_t word = memo_->links_[0][slot].load(std::memory_order_relaxed);
  const Bytes list = unpack(word);
  ask_for(list.data(), list.size());
}

}  // namespace skerry::graph
