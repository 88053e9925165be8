// kill -9 in the middle of writing, again and again, on every store that survives closing.

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kv/open_store.h"
#include "tests/kv/batches.h"
#include "tests/kv/fixtures.h"

namespace skerry::kv {
namespace {

/// The program batch_writer at work.
class BatchWriter {
 public:
  BatchWriter(const std::string& kind, const std::string& path, std::uint64_t first) {
    const std::string number = std::to_string(first);
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
    child_ = ::fork();
    if (child_ == 0) {
      ::dup2(ends[1], STDOUT_FILENO);
      ::execl(SKERRY_BATCH_WRITER, "batch_writer", kind.c_str(), path.c_str(), number.c_str(),
              nullptr);
      ::_exit(127);
    }
    ::close(ends[1]);
    from_ = ends[0];
  }

  ~BatchWriter() {
    kill();
    ::close(from_);
  }

  BatchWriter(const BatchWriter&) = delete;
  BatchWriter& operator=(const BatchWriter&) = delete;

  /// False when the child is gone and has nothing left to say. Messages are smaller than PIPE_BUF
  /// and so come whole.
  bool hear(BatchMessage& message) {
    return ::read(from_, &message, sizeof message) == sizeof message;
  }

  void kill() {
    if (child_ <= 0) return;
    ::kill(child_, SIGKILL);
    ::waitpid(child_, nullptr, 0);
    child_ = -1;
  }

 private:
  pid_t child_ = -1;
  int from_ = -1;
};

class Kill : public testing::TestWithParam<std::string> {
 protected:
  std::string path() const { return (dir_.path() / "store").string(); }

  /// Holds every table to being batches 0..n-1 whole and nothing else; returns n.
  std::uint64_t whole_batches() {
    const auto store = open_store(GetParam(), {.path = path()});
    std::uint64_t batches = 0;
    std::uint64_t records = 0;
    for (std::size_t t = 0; t < batch_tables.size(); ++t) {
      const TableId table = store->table(batch_tables[t]);
      const auto snapshot = store->snapshot();
      const auto cursor = snapshot->cursor(table);
      std::uint64_t batch = 0;
      Code code = cursor->seek({});
      for (; code == Code::ok; ++batch) {
        for (std::uint64_t record = 0; record < batch_records(batch); ++record, ++records) {
          if (code != Code::ok) {
            ADD_FAILURE() << "batch " << batch << " ends before record " << record;
            return 0;
          }
          EXPECT_EQ(to_hex(cursor->key()), to_hex(batch_key(batch, record)));
          EXPECT_EQ(as_text(cursor->value().bytes()), batch_value(t, batch, record));
          code = cursor->next();
        }
      }
      EXPECT_EQ(code, Code::not_found);
      if (t > 0) {
        EXPECT_EQ(batch, batches) << "a batch is in one table and not in the other";
      }
      batches = batch;
    }
    EXPECT_EQ(store->verify(), records);
    return batches;
  }

  support::TempDir dir_;
};

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(Kill);

TEST_P(Kill, KeepsEveryAcknowledgedBatchAndNoPartOfAnother) {
  constexpr int kills = 15;
  Random random(17);
  std::uint64_t stored = 0;
  for (int round = 0; round < kills; ++round) {
    SCOPED_TRACE("seed 17, kill " + std::to_string(round));
    std::uint64_t acknowledged = stored;
    BatchWriter writer(GetParam(), path(), stored);
    const auto hear = [&] {
      BatchMessage message;
      if (!writer.hear(message)) return false;
      if (message.committed) acknowledged = message.batch + 1;
      return true;
    };
    // The child runs on while this counts, so that the kill falls anywhere between two messages.
    for (std::uint64_t left = 1 + random.below(600); left > 0; --left) ASSERT_TRUE(hear());
    writer.kill();
    while (hear()) continue;
    stored = whole_batches();
    ASSERT_GE(stored, acknowledged);
    // The one that had no time to be acknowledged.
    ASSERT_LE(stored, acknowledged + 1);
  }
  EXPECT_GT(stored, 0U);
}

std::vector<std::string> persistent_kinds() {
  std::vector<std::string> names;
  for (const StoreKind& kind : store_kinds()) {
    if (kind.persistent) names.emplace_back(kind.name);
  }
  return names;
}

INSTANTIATE_TEST_SUITE_P(AllStores, Kill, testing::ValuesIn(persistent_kinds()),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace skerry::kv
