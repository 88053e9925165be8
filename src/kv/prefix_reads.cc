#include "kv/prefix_reads.h"

namespace skerry::kv {

std::span<const Key> PrefixPins::prefixed(Prefix prefix, std::span<const Key> keys) {
  const PrefixBytes head = to_bytes(prefix);
  std::size_t size = 0;
  for (const Key& key : keys) size += head.size() + key.size();
  if (bytes_.size() < size) bytes_.resize(size);
  keys_.clear();
  std::byte* to = bytes_.data();
  for (const Key& key : keys) {
    if (!legal_prefixed_key(key)) {
      keys_.emplace_back();
      continue;
    }
    std::memcpy(to, head.data(), head.size());
    std::memcpy(to + head.size(), key.data(), key.size());
    keys_.emplace_back(to, head.size() + key.size());
    to += keys_.back().size();
  }
  return keys_;
}

namespace {

class PrefixCursor final : public Cursor {
 public:
  PrefixCursor(std::unique_ptr<Cursor> inner, Prefix prefix)
      : inner_(std::move(inner)), head_(to_bytes(prefix)), target_(head_.begin(), head_.end()) {}

  Code seek(Key key) override { return look(inner_->seek(target(key))); }

  Code seek_prefix(Key prefix) override { return look(inner_->seek_prefix(target(prefix))); }

  Code next() override {
    if (placed()) return look(inner_->next());
    // It may stand on a neighbour's record, and only it knows whether its transaction has ended.
    return inner_->next() == Code::closed ? Code::closed : Code::not_found;
  }

 private:
  Key target(Key key) {
    target_.resize(head_.size());
    target_.insert(target_.end(), key.begin(), key.end());
    return target_;
  }

  Code look(Code code) {
    stand_nowhere();
    if (code != Code::ok) return code;
    if (!starts_with(inner_->key(), head_)) return Code::not_found;
    stand(inner_->key().subspan(head_.size()), inner_->value());
    return Code::ok;
  }

  std::unique_ptr<Cursor> inner_;
  PrefixBytes head_;
  std::vector<std::byte> target_;
};

}  // namespace

std::unique_ptr<Cursor> prefix_cursor(std::unique_ptr<Cursor> inner, Prefix prefix) {
  return std::make_unique<PrefixCursor>(std::move(inner), prefix);
}

}  // namespace skerry::kv
