#include "graph/record_sink.h"

namespace skerry::graph {

namespace {

class BulkSink final : public RecordSink {
 public:
  BulkSink(kv::Store& store, std::span<const kv::TableId> tables) : bulk_(store.bulk(tables)) {}

  Code add(kv::TableId table, kv::Key key, Bytes value) override {
    return bulk_->add(table, key, value);
  }

  void end_run() override {}

  void finish() override { bulk_->publish(); }

 private:
  std::unique_ptr<kv::Bulk> bulk_;
};

class TransactionSink final : public RecordSink {
 public:
  explicit TransactionSink(kv::Store& store) : store_(&store) {}

  Code add(kv::TableId table, kv::Key key, Bytes value) override {
    if (!transaction_) transaction_ = store_->begin();
    return transaction_->put(table, key, value);
  }

  void end_run() override { finish(); }

  void finish() override {
    if (!transaction_) return;
    transaction_->commit(kv::Durability::power);
    transaction_.reset();
  }

 private:
  kv::Store* store_;
  std::unique_ptr<kv::Transaction> transaction_;
};

class GivenSink final : public RecordSink {
 public:
  explicit GivenSink(kv::Transaction& transaction) : transaction_(&transaction) {}

  Code add(kv::TableId table, kv::Key key, Bytes value) override {
    return transaction_->append(table, key, value);  // LMDB fills pages then
  }

  void end_run() override {}

  void finish() override {}

 private:
  kv::Transaction* transaction_;
};

}  // namespace

std::unique_ptr<RecordSink> by_bulk(kv::Store& store, std::span<const kv::TableId> tables) {
  return std::make_unique<BulkSink>(store, tables);
}

std::unique_ptr<RecordSink> by_commits(kv::Store& store) {
  return std::make_unique<TransactionSink>(store);
}

std::unique_ptr<RecordSink> into_transaction(kv::Transaction& transaction) {
  return std::make_unique<GivenSink>(transaction);
}

}  // namespace skerry::graph
