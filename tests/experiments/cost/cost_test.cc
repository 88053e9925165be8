#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <fstream>
#include <vector>

#include "base/size.h"
#include "experiments/cost/file_cache.h"
#include "experiments/cost/memory_limit.h"
#include "experiments/cost/process_io.h"
#include "tests/support/expect_error.h"
#include "tests/support/temp_dir.h"

namespace skerry::experiments {
namespace {

constexpr std::size_t mebibyte = std::size_t{1} << 20;

void write_file(const std::filesystem::path& path, std::size_t bytes) {
  std::ofstream file(path, std::ios::binary);
  file << std::string(bytes, 'x');
}

TEST(FileCache, AFileThatWasJustWrittenIsInMemoryAndIsEvicted) {
  const support::TempDir folder;
  write_file(folder.path() / "data", 4 * mebibyte);
  write_file(folder.path() / "empty", 0);
  EXPECT_GT(resident_share(folder.path()), 0.9);
  evict(folder.path());
  EXPECT_LT(resident_share(folder.path()), cold_share);
}

TEST(FileCache, AMappedFileStaysAndIsSeen) {
  const support::TempDir folder;
  const std::filesystem::path path = folder.path() / "data";
  write_file(path, 4 * mebibyte);
  const int file = ::open(path.c_str(), O_RDONLY);
  auto* const mapped =
      static_cast<char*>(::mmap(nullptr, 4 * mebibyte, PROT_READ, MAP_SHARED, file, 0));
  ASSERT_NE(mapped, MAP_FAILED);
  volatile char sum = 0;
  for (std::size_t i = 0; i < 4 * mebibyte; i += 4096) sum = static_cast<char>(sum + mapped[i]);
  evict(folder.path());
  EXPECT_GT(resident_share(folder.path()), 0.9);
  ::munmap(mapped, 4 * mebibyte);
  ::close(file);
  evict(folder.path());
  EXPECT_LT(resident_share(folder.path()), cold_share);
}

TEST(FileCache, AMissingDirectoryIsNamed) {
  support::expect_error(Code::not_found, {"/nowhere"}, [] { evict("/nowhere"); });
  support::expect_error(Code::not_found, {"/nowhere"}, [] { resident_share("/nowhere"); });
}

TEST(ProcessIo, CountsWhatReachesStorageAndPagesThatAreTouched) {
  const support::TempDir folder;
  const ProcessIo before = process_io();
  if (!before.counted) GTEST_SKIP() << "/proc/self/io is not readable here";
  write_file(folder.path() / "data", 8 * mebibyte);
  evict(folder.path());
  std::vector<char> touched(8 * mebibyte, 1);
  const ProcessIo spent = process_io() - before;
  EXPECT_GE(spent.written_bytes, 8 * mebibyte);
  EXPECT_GT(spent.minor_faults, 100U);
  EXPECT_EQ(touched[5], 1);
}

/// Ends as `work` in a child does: its exit code, or 128 and the signal.
template <class Work>
int in_child(Work&& work) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(work());
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/// 0: fits; 77: no limits here.
int touch_under_limit(std::size_t limit, std::size_t touch) {
  try {
    const MemoryLimit limited(limit);
    auto* const memory = static_cast<char*>(
        ::mmap(nullptr, touch, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    std::memset(memory, 1, touch);
    ::munmap(memory, touch);
    return 0;
  } catch (const Error&) {
    return 77;
  }
}

TEST(MemoryLimit, EndsWhatTakesMoreAndLetsTheRestRun) {
  const int fits = in_child([] { return touch_under_limit(64 * mebibyte, 16 * mebibyte); });
  if (fits == 77) GTEST_SKIP() << "control groups cannot be written here";
  EXPECT_EQ(fits, 0);
  EXPECT_EQ(in_child([] { return touch_under_limit(16 * mebibyte, 64 * mebibyte); }), 128 + 9);
  // The group of the killed child does not stand in the way, and goes.
  EXPECT_EQ(in_child([] { return touch_under_limit(64 * mebibyte, 16 * mebibyte); }), 0);
}

TEST(ParseSize, TakesUnitsAndRefusesTheRest) {
  EXPECT_EQ(parse_size("256MiB"), 256 * mebibyte);
  EXPECT_EQ(parse_size("4096"), 4096U);
  EXPECT_EQ(parse_size("1GiB"), 1024 * mebibyte);
  for (const char* text : {"", "MiB", "12MB", "0", "99999999999GiB", "-1"}) {
    support::expect_error(Code::invalid_argument, {"256MiB"}, [&] { parse_size(text); });
  }
}

}  // namespace
}  // namespace skerry::experiments
