#include "kv/prefix_writes.h"

#include <fmt/format.h>

#include <map>
#include <vector>

#include "base/error.h"
#include "kv/names.h"
#include "kv/prefix_key.h"
#include "kv/prefix_reads.h"

namespace skerry::kv {

namespace {

using KeyCopy = std::vector<std::byte>;

class PrefixTransaction final : public PrefixReads<Transaction> {
 public:
  using PrefixReads::PrefixReads;

  Code put(TableId table, Key key, Bytes value) override {
    const PrefixedKey prefixed(table, key);
    return noted(table, key, inner_->put(table_below(table), prefixed.bytes(), value));
  }

  Code reserve(TableId table, Key key, std::size_t size, std::span<std::byte>& out) override {
    const PrefixedKey prefixed(table, key);
    return noted(table, key, inner_->reserve(table_below(table), prefixed.bytes(), size, out));
  }

  Code append(TableId table, Key key, Bytes value) override {
    if (prefix_of(table) == no_prefix) return inner_->append(table_below(table), key, value);
    if (legal_prefixed_key(key)) {
      const auto last = last_.find(table);
      if (last == last_.end()) {
        const Code above = cursor(table)->seek(key);
        if (above == Code::ok) return Code::invalid_argument;
        if (above != Code::not_found) return failed(above);
      } else if (!key_less(last->second, key)) {
        return Code::invalid_argument;
      }
    }
    const Code code = put(table, key, value);
    if (code == Code::ok) last_[table].assign(key.begin(), key.end());
    return code;
  }

  Code erase(TableId table, Key key) override {
    last_.erase(table);
    const PrefixedKey prefixed(table, key);
    return inner_->erase(table_below(table), prefixed.bytes());
  }

  Code erase_range(TableId table, Key from, Key to) override {
    last_.erase(table);
    const Prefix prefix = prefix_of(table);
    const TableId below = table_below(table);
    if (prefix == no_prefix) return inner_->erase_range(below, from, to);
    if (from.size() > longest_prefixed_key || to.size() > longest_prefixed_key) {
      return inner_->erase(below, {});  // refused as a key of illegal size
    }
    const PrefixBytes first = to_bytes(prefix);
    const PrefixBytes behind = to_bytes(static_cast<Prefix>(prefix + 1));
    const PrefixedKey prefixed_from(table, from);
    const PrefixedKey prefixed_to(table, to);
    return inner_->erase_range(below, from.empty() ? Key(first) : prefixed_from.bytes(),
                               to.empty() ? Key(behind) : prefixed_to.bytes());
  }

  void commit(Durability durability) override {
    if (failed_ != Code::ok) {
      const Code code = std::exchange(failed_, Code::ok);
      inner_->abort();
      throw Error(code, "the transaction failed before its commit and changed nothing");
    }
    inner_->commit(durability);
  }

  void abort() noexcept override {
    failed_ = Code::ok;
    inner_->abort();
  }

 private:
  Code noted(TableId table, Key key, Code code) {
    if (last_.empty() || code != Code::ok) return code;
    const auto last = last_.find(table);
    if (last != last_.end() && key_less(last->second, key)) {
      last->second.assign(key.begin(), key.end());
    }
    return code;
  }

  /// A search before a change failed: the change is missing, so the rest may not be committed.
  Code failed(Code code) {
    if (code != Code::closed && code != Code::invalid_argument) failed_ = code;
    return code;
  }

  std::map<TableId, KeyCopy> last_;  // largest keys, of tables that were appended to
  Code failed_ = Code::ok;
};

class PrefixBulk final : public Bulk {
 public:
  PrefixBulk(std::unique_ptr<Transaction> transaction, std::span<const TableId> tables)
      : transaction_(std::move(transaction)) {
    for (const TableId table : tables) {
      const Code code = transaction_->cursor(table)->seek({});
      if (code == Code::ok) {
        throw Error(Code::invalid_argument, "a bulk load needs an empty table");
      }
      if (code != Code::not_found) {
        throw Error(code, fmt::format("looking into a table failed: {}", name(code)));
      }
      last_.try_emplace(table);
    }
  }

  Code add(TableId table, Key key, Bytes value) override {
    if (closed_) return Code::closed;
    const auto last = last_.find(table);
    if (last == last_.end()) return Code::invalid_argument;
    if (!key.empty() && !key_less(last->second, key)) return Code::invalid_argument;
    const Code code = transaction_->put(table, key, value);
    if (code == Code::ok) last->second.assign(key.begin(), key.end());
    return code;
  }

  void publish() override {
    if (closed_) throw Error(Code::closed, "the bulk load has ended already");
    closed_ = true;
    transaction_->commit(Durability::power);
  }

 private:
  std::unique_ptr<Transaction> transaction_;
  std::map<TableId, KeyCopy> last_;  // of the tables of the load
  bool closed_ = false;
};

}  // namespace

std::unique_ptr<Transaction> prefix_transaction(std::unique_ptr<Transaction> inner,
                                                const void* owner) {
  return std::make_unique<PrefixTransaction>(std::move(inner), owner);
}

std::unique_ptr<Bulk> prefix_bulk(std::unique_ptr<Transaction> transaction,
                                  std::span<const TableId> tables) {
  return std::make_unique<PrefixBulk>(std::move(transaction), tables);
}

}  // namespace skerry::kv
