// What every link codec makes of bytes that it did not write.

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstring>

#include "base/random.h"
#include "graph/codec/codec.h"
#include "tests/graph/codec_lists.h"

namespace skerry::graph {
namespace {

/// A page of memory between two that no one may touch.
class GuardedPage {
 public:
  GuardedPage() : size_(static_cast<std::size_t>(::sysconf(_SC_PAGESIZE))) {
    void* const map = ::mmap(nullptr, 3 * size_, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (map == MAP_FAILED) throw Error(Code::no_space, "no memory for a guarded page");
    page_ = static_cast<std::byte*>(map) + size_;
    if (::mprotect(page_, size_, PROT_READ | PROT_WRITE) != 0) {
      throw Error(Code::no_space, "no memory for a guarded page");
    }
  }

  GuardedPage(const GuardedPage&) = delete;
  GuardedPage& operator=(const GuardedPage&) = delete;

  ~GuardedPage() { ::munmap(page_ - size_, 3 * size_); }

  /// A copy of `value` that starts where the page does, or ends where it does.
  Bytes at_start(Bytes value) { return copy(value, page_); }

  Bytes at_end(Bytes value) { return copy(value, page_ + size_ - value.size()); }

 private:
  static Bytes copy(Bytes value, std::byte* to) {
    if (!value.empty()) std::memcpy(to, value.data(), value.size());
    return {to, value.size()};
  }

  std::size_t size_;
  std::byte* page_;
};

class DamagedLinks : public testing::TestWithParam<const LinkCodec*> {
 protected:
  /// Decodes; what decodes must be a list of this context, and what encode() would have written.
  static Code check(Bytes value, const ListContext& context) {
    std::vector<Slot> decoded;
    const Code code = GetParam()->decode(value, context, decoded);
    if (code != Code::ok) {
      EXPECT_EQ(code, Code::corrupt);
      return code;
    }
    EXPECT_LE(decoded.size(), context.max_links);
    EXPECT_TRUE(decoded.empty() || decoded.back() < context.limit);
    for (std::size_t i = 1; i < decoded.size(); ++i) EXPECT_LT(decoded[i - 1], decoded[i]);
    EXPECT_EQ(to_hex(encoded(*GetParam(), decoded, context.own)), to_hex(value));
    return code;
  }
};

TEST_P(DamagedLinks, AreCorruptOrTheEncodingOfAnotherList) {
  Random random(3);
  constexpr Slot limit = 100000;
  std::size_t refused = 0;
  for (int round = 0; round < 20000; ++round) {
    const auto own = static_cast<Slot>(random.below(limit));
    const Slot spread = round % 2 == 0 ? limit : 300;
    std::vector<Slot> slots = random_list(random, random.below(33), spread);
    std::vector<std::byte> value = encoded(*GetParam(), slots, own);
    damage(random, value);
    if (check(value, {own, limit, 32}) != Code::ok) ++refused;
    ASSERT_FALSE(HasFailure()) << "round " << round;
  }
  EXPECT_GT(refused, 1000U);
}

TEST_P(DamagedLinks, ArbitraryBytesAreCorruptOrTheEncodingOfAList) {
  Random random(4);
  for (int round = 0; round < 50000; ++round) {
    std::vector<std::byte> value(random.below(64));
    for (std::byte& b : value) b = static_cast<std::byte>(random.bits());
    const Slot limit = round % 2 == 0 ? 1000 : max_slots;
    check(value, {limit / 2, limit, 32});
    ASSERT_FALSE(HasFailure()) << "round " << round;
  }
}

TEST_P(DamagedLinks, EveryStringOfTwoBytesIsCorruptOrTheEncodingOfAList) {
  for (unsigned bits = 0; bits < 0x10000; ++bits) {
    const std::array<std::byte, 2> value = {static_cast<std::byte>(bits & 0xff),
                                            static_cast<std::byte>(bits >> 8)};
    check(value, {70, max_slots, 32});
    check(Bytes(value).first(1), {70, max_slots, 32});
    ASSERT_FALSE(HasFailure()) << "bytes " << to_hex(value);
  }
}

TEST_P(DamagedLinks, LongRunsOfOneByteAreNoTrouble) {
  for (const std::size_t size : {1U, 7U, 8U, 9U, 64U, 5000U, 100000U}) {
    for (const unsigned byte : {0x00U, 0x01U, 0x1fU, 0x7fU, 0x80U, 0xffU}) {
      check(std::vector<std::byte>(size, static_cast<std::byte>(byte)), {9, max_slots, 4096});
      ASSERT_FALSE(HasFailure()) << size << " bytes of " << byte;
    }
  }
}

TEST_P(DamagedLinks, NothingIsReadBeforeOrBehindTheValue) {
  GuardedPage page;
  Random random(6);
  constexpr Slot limit = 1000000;
  for (int round = 0; round < 5000; ++round) {
    const auto own = static_cast<Slot>(random.below(limit));
    const std::vector<Slot> slots = random_list(random, random.below(33), limit);
    std::vector<std::byte> value = encoded(*GetParam(), slots, own);
    std::vector<Slot> decoded;
    ASSERT_EQ(GetParam()->decode(page.at_end(value), {own, limit, 32}, decoded), Code::ok);
    ASSERT_EQ(decoded, slots);
    ASSERT_EQ(GetParam()->decode(page.at_start(value), {own, limit, 32}, decoded), Code::ok);
    ASSERT_EQ(decoded, slots);
    damage(random, value);
    check(page.at_end(value), {own, limit, 32});
    check(page.at_start(value), {own, limit, 32});
  }
}

INSTANTIATE_TEST_SUITE_P(AllCodecs, DamagedLinks, testing::ValuesIn(link_codecs()),
                         [](const auto& info) { return test_name(*info.param); });

}  // namespace
}  // namespace skerry::graph
