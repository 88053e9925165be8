// Every store beside the plainest one that there is.

#include <gtest/gtest.h>

#include <map>

#include "base/random.h"
#include "tests/kv/store_contract.h"

namespace skerry::kv {
namespace {

/// Random operations beside a std::map, with snapshots that keep their own copy of it.
TEST_P(StoreContract, BehavesAsAMapUnderRandomOperations) {
  using Model = std::map<std::string, std::string>;
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const TableId table = store_->table("model" + std::to_string(seed));
    Random random(seed);
    Model committed;
    std::vector<std::pair<std::unique_ptr<Snapshot>, Model>> snapshots;
    const auto random_key = [&] {
      std::string key(1 + random.below(random.below(20) == 0 ? 300 : 3), ' ');
      for (char& c : key) c = static_cast<char>(random.below(4) * 80);
      return key;
    };
    for (int round = 0; round < 60; ++round) {
      const auto transaction = store_->begin();
      Model model = committed;
      for (std::uint64_t i = random.below(30); i > 0; --i) {
        const std::string key = random_key();
        switch (random.below(6)) {
          case 0:
          case 1:
          case 2: {
            const std::string value(random.below(random.below(10) == 0 ? 6000 : 20), 'a');
            ASSERT_EQ(transaction->put(table, b(key), b(value)), Code::ok);
            model[key] = value;
            break;
          }
          case 3:
            ASSERT_EQ(transaction->erase(table, b(key)), Code::ok);
            model.erase(key);
            break;
          case 4: {
            const std::string to = random_key();
            ASSERT_EQ(transaction->erase_range(table, b(key), b(to)), Code::ok);
            if (key < to) model.erase(model.lower_bound(key), model.lower_bound(to));
            break;
          }
          default: {
            const bool above = model.empty() || model.rbegin()->first < key;
            ASSERT_EQ(transaction->append(table, b(key), b("end")),
                      above ? Code::ok : Code::invalid_argument);
            if (above) model[key] = "end";
          }
        }
        const std::string probe = random_key();
        const auto found = model.find(probe);
        ASSERT_EQ(get(*transaction, table, probe),
                  found == model.end() ? "<absent>" : found->second);
      }
      if (random.below(4) == 0) {
        transaction->abort();
      } else {
        transaction->commit(Durability::none);
        committed = model;
      }
      if (random.below(5) == 0) snapshots.emplace_back(store_->snapshot(), committed);
      if (snapshots.size() > 4) snapshots.erase(snapshots.begin());
    }
    snapshots.emplace_back(store_->snapshot(), committed);
    for (const auto& [snapshot, model] : snapshots) {
      const auto cursor = snapshot->cursor(table);
      Code code = cursor->seek({});
      for (const auto& [key, value] : model) {
        ASSERT_EQ(code, Code::ok);
        ASSERT_EQ(as_text(cursor->key()), key);
        ASSERT_EQ(as_text(cursor->value().bytes()), value);
        code = cursor->next();
      }
      ASSERT_EQ(code, Code::not_found);
    }
  }
}

}  // namespace
}  // namespace skerry::kv
