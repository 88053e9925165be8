#include "kv/memory_bulk.h"

#include <algorithm>
#include <vector>

#include "base/error.h"
#include "kv/names.h"

namespace skerry::kv {

namespace {

class MemoryBulk final : public Bulk {
 public:
  MemoryBulk(MemoryVersions& versions, std::span<const TableId> tables)
      : hold_(versions.writer()), versions_(&versions) {
    const auto state = versions.current();
    parts_.resize(state->size());
    for (const TableId table : tables) {
      if (!has_table(*state, table)) throw Error(Code::invalid_argument, "no such table");
      if ((*state)[static_cast<std::size_t>(table)].entries() != 0) {
        throw Error(Code::invalid_argument, "a bulk load needs an empty table",
                    {.table = versions.name_of(table)});
      }
      parts_[static_cast<std::size_t>(table)].open = true;
    }
  }

  Code add(TableId table, Key key, Bytes value) override {
    if (closed_) return Code::closed;
    const auto index = static_cast<std::size_t>(table);
    if (index >= parts_.size() || !parts_[index].open) return Code::invalid_argument;
    if (!legal_key(key)) return Code::key_size;
    if (value.size() > max_value_size) return Code::invalid_argument;
    Part& part = parts_[index];
    if (!part.records.empty() && !key_less(part.records.back().key_bytes(), key)) {
      return Code::invalid_argument;
    }
    std::byte* const at = part.room(key.size() + value.size() + 1);
    std::copy(key.begin(), key.end(), at);
    std::copy(value.begin(), value.end(), at + key.size());
    part.records.push_back({PersistentTree::prefix_of(key), at, at + key.size(),
                            static_cast<std::uint32_t>(key.size()),
                            static_cast<std::uint32_t>(value.size()), part.block});
    return Code::ok;
  }

  void publish() override {
    if (closed_) throw Error(Code::closed, "the bulk load has ended already");
    auto next = std::make_shared<MemoryState>(*versions_->current());
    for (std::size_t i = 0; i < parts_.size(); ++i) {
      if (parts_[i].open) (*next)[i].assign(std::move(parts_[i].records));
    }
    versions_->replace(std::move(next));
    closed_ = true;
    hold_.release();
  }

 private:
  struct Part {
    bool open = false;
    std::vector<PersistentTree::Record> records;
    std::shared_ptr<std::byte[]> block;
    std::size_t used = 0;
    std::size_t size = 0;

    /// Bytes at an even distance of 8 inside the present block, or in a new one.
    std::byte* room(std::size_t bytes) {
      const std::size_t wanted = (bytes + 7) / 8 * 8;
      if (used + wanted > size) {
        size = std::max<std::size_t>(wanted, std::size_t{4} << 20);
        block = std::shared_ptr<std::byte[]>(new std::byte[size]);
        used = 0;
      }
      std::byte* const at = block.get() + used;
      used += wanted;
      return at;
    }
  };

  WriterLock::Hold hold_;
  MemoryVersions* versions_;
  std::vector<Part> parts_;
  bool closed_ = false;
};

}  // namespace

std::unique_ptr<Bulk> memory_bulk(MemoryVersions& versions, std::span<const TableId> tables) {
  return std::make_unique<MemoryBulk>(versions, tables);
}

}  // namespace skerry::kv
