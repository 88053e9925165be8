#include "kv/rocksdb_cursor.h"

#include <rocksdb/iterator.h>

#include "kv/names.h"
#include "kv/rocksdb_pins.h"
#include "kv/rocksdb_status.h"

namespace skerry::kv {

namespace {

class RocksdbCursor final : public Cursor {
 public:
  RocksdbCursor(std::unique_ptr<rocksdb::Iterator> iterator, const bool* closed)
      : iterator_(std::move(iterator)), closed_(closed) {}

  Code seek(Key key) override {
    prefix_.clear();
    if (ended()) return Code::closed;
    if (key.empty()) {
      iterator_->SeekToFirst();
    } else {
      iterator_->Seek(as_text(key));
    }
    return look();
  }

  Code seek_prefix(Key prefix) override {
    const Code code = seek(prefix);
    prefix_.assign(prefix.begin(), prefix.end());
    return code == Code::ok ? look() : code;
  }

  Code next() override {
    if (ended()) return Code::closed;
    if (!placed()) return Code::not_found;
    iterator_->Next();
    return look();
  }

 private:
  bool ended() {
    if (!closed_ || !*closed_) return false;
    stand_nowhere();
    return true;
  }

  Code look() {
    if (iterator_->Valid()) {
      const Key key = as_bytes(iterator_->key().ToStringView());
      if (starts_with(key, prefix_)) {
        stand(key, rocksdb_view(iterator_->value()));
        return Code::ok;
      }
    }
    stand_nowhere();
    return iterator_->status().ok() ? Code::not_found : rocksdb_code(iterator_->status());
  }

  std::unique_ptr<rocksdb::Iterator> iterator_;
  const bool* closed_;
  std::vector<std::byte> prefix_;
};

}  // namespace

std::unique_ptr<Cursor> rocksdb_cursor(std::unique_ptr<rocksdb::Iterator> iterator,
                                       const bool* closed) {
  return std::make_unique<RocksdbCursor>(std::move(iterator), closed);
}

}  // namespace skerry::kv
