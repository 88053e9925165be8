#include <array>

#include "base/error.h"
#include "benchmarks/store/side.h"

namespace skerry::benchmarks {

namespace {

void check(Code code) {
  if (code != Code::ok) throw Error(code, "a call through the interface failed");
}

class InterfaceSide final : public Side {
 public:
  InterfaceSide(Makers makers, kv::TableId table) : makers_(std::move(makers)), table_(table) {}

  void begin_reading() override { snapshot_ = makers_.snapshot(); }

  void end_reading() override { snapshot_.reset(); }

  std::uint64_t get(std::span<const kv::Key> keys) override {
    std::uint64_t bytes = 0;
    for (const kv::Key& key : keys) {
      kv::View view;
      check(snapshot_->get(table_, key, scope_, view));
      bytes += view.size;
      scope_.reset();
    }
    return bytes;
  }

  std::uint64_t multi_get(std::span<const kv::Key> keys, std::size_t hop) override {
    std::uint64_t bytes = 0;
    std::array<kv::View, max_hop> views;
    for (std::size_t first = 0; first + hop <= keys.size(); first += hop) {
      const std::span<kv::View> found(views.data(), hop);
      check(snapshot_->multi_get(table_, keys.subspan(first, hop), found, scope_));
      for (const kv::View& view : found) {
        if (!view) check(Code::not_found);
        bytes += view.size;
      }
      scope_.reset();
    }
    return bytes;
  }

  std::uint64_t scan(kv::Key from, std::size_t records) override {
    std::uint64_t bytes = 0;
    const std::unique_ptr<kv::Cursor> cursor = snapshot_->cursor(table_);
    Code code = cursor->seek(from);
    for (std::size_t i = 0; i < records; ++i) {
      check(code);
      const kv::View value = cursor->value();
      bytes += cursor->key().size() + value.size + std::to_integer<unsigned>(*value.data);
      code = cursor->next();
    }
    return bytes;
  }

  std::uint64_t put(std::span<const kv::Key> keys, Bytes value) override {
    for (const kv::Key& key : keys) {
      const std::unique_ptr<kv::Transaction> transaction = makers_.begin();
      check(transaction->put(table_, key, value));
      transaction->commit(kv::Durability::process);
    }
    return keys.size() * value.size();
  }

  std::uint64_t load(kv::TableId table, std::span<const kv::Key> keys, Bytes value) override {
    const std::unique_ptr<kv::Bulk> bulk = makers_.bulk({&table, 1});
    for (const kv::Key& key : keys) check(bulk->add(table, key, value));
    bulk->publish();
    return keys.size() * value.size();
  }

 private:
  Makers makers_;
  kv::TableId table_;
  std::unique_ptr<kv::Snapshot> snapshot_;
  kv::Scope scope_;
};

}  // namespace

std::unique_ptr<Side> interface_side(Makers makers, kv::TableId table) {
  return std::make_unique<InterfaceSide>(std::move(makers), table);
}

}  // namespace skerry::benchmarks
