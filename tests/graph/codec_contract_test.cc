// One suite over every link codec and its variants.

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <set>
#include <string>

#include "base/random.h"
#include "graph/codec/codec.h"
#include "tests/graph/codec_lists.h"

namespace skerry::graph {
namespace {

class LinkCodecContract : public testing::TestWithParam<const LinkCodec*> {
 protected:
  static std::vector<std::byte> encode(const std::vector<Slot>& slots, Slot own = 0) {
    return encoded(*GetParam(), slots, own);
  }

  /// What decoding gives, to be compared with the list.
  static std::vector<Slot> decode(Bytes value, const ListContext& context) {
    std::vector<Slot> decoded = {7, 7, 7};  // must be replaced
    EXPECT_EQ(GetParam()->decode(value, context, decoded), Code::ok);
    return decoded;
  }
};

TEST_P(LinkCodecContract, RoundTripsRandomLists) {
  Random random(1);
  for (const Slot limit : {Slot{40}, Slot{70000}, Slot{20000000}, max_slots}) {
    for (const std::size_t count : {0U, 1U, 2U, 16U, 32U}) {
      for (int round = 0; round < 50; ++round) {
        const std::vector<Slot> slots = random_list(random, count, limit);
        const auto any = static_cast<Slot>(random.below(limit));
        for (const Slot own : {Slot{0}, limit / 2, limit - 1, any}) {
          ASSERT_EQ(decode(encode(slots, own), {own, limit, 32}), slots) << "own " << own;
        }
      }
    }
  }
}

TEST_P(LinkCodecContract, RoundTripsListsAroundTheirOwner) {
  Random random(5);
  for (int round = 0; round < 500; ++round) {
    const auto own = static_cast<Slot>(1000 + random.below(1000000));
    std::vector<Slot> slots = random_list(random, 1 + random.below(32), 200);
    for (Slot& slot : slots) slot += own - 100;
    ASSERT_EQ(decode(encode(slots, own), {own, 2000000, 32}), slots) << "own " << own;
  }
}

TEST_P(LinkCodecContract, RoundTripsTheOutermostSlots) {
  constexpr Slot last = max_slots - 1;
  const std::vector<std::vector<Slot>> lists = {
      {0}, {last}, {0, last}, {0, 1, last}, {0, last - 1, last}, {last - 1, last}, {0, 1}};
  for (const std::vector<Slot>& slots : lists) {
    for (const Slot own : {Slot{0}, max_slots / 2, last}) {
      EXPECT_EQ(decode(encode(slots, own), {own, max_slots, 4}), slots) << "own " << own;
    }
  }
}

TEST_P(LinkCodecContract, RoundTripsTheLargestList) {
  Random random(2);
  for (const Slot limit : {Slot{4096}, Slot{9000}, max_slots}) {
    const std::vector<Slot> slots = random_list(random, 4096, limit);
    EXPECT_EQ(decode(encode(slots, limit / 2), {limit / 2, limit, 4096}), slots);
  }
}

TEST_P(LinkCodecContract, RoundTripsWhateverSetThereIs) {
  EXPECT_TRUE(rc::check([] {
    // Unlike uniform numbers, rapidcheck's are small at first, then of every magnitude.
    const auto set = *rc::gen::container<std::set<Slot>>(rc::gen::inRange<Slot>(0, max_slots));
    const auto own = *rc::gen::inRange<Slot>(0, max_slots);
    const std::vector<Slot> slots(set.begin(), set.end());
    std::vector<Slot> decoded;
    RC_ASSERT(GetParam()->decode(encode(slots, own), {own, max_slots, 4096}, decoded) == Code::ok);
    RC_ASSERT(decoded == slots);
  }));
}

TEST_P(LinkCodecContract, AppendsToWhatIsThere) {
  std::vector<std::byte> value(3, std::byte{0xff});
  GetParam()->encode(std::vector<Slot>{5, 9}, 6, value);
  ASSERT_GT(value.size(), 3U);
  EXPECT_EQ(to_hex(Bytes(value).first(3)), "ffffff");
  EXPECT_EQ(decode(Bytes(value).subspan(3), {6, 10, 2}), (std::vector<Slot>{5, 9}));
}

TEST_P(LinkCodecContract, RefusesAListThatIsTooLong) {
  std::vector<Slot> decoded;
  EXPECT_EQ(GetParam()->decode(encode({1, 2, 3}), {0, 10, 2}, decoded), Code::corrupt);
  EXPECT_EQ(GetParam()->decode(encode({1}), {0, 10, 0}, decoded), Code::corrupt);
}

TEST_P(LinkCodecContract, RefusesASlotAtTheLimit) {
  std::vector<Slot> decoded;
  EXPECT_EQ(GetParam()->decode(encode({1, 10}), {0, 10, 4}, decoded), Code::corrupt);
  EXPECT_EQ(GetParam()->decode(encode({1, 9}), {0, 10, 4}, decoded), Code::ok);
}

TEST_P(LinkCodecContract, ItsNameIsItsCanonicalSpelling) {
  EXPECT_EQ(&link_codec(GetParam()->name()), GetParam());
}

INSTANTIATE_TEST_SUITE_P(AllCodecs, LinkCodecContract, testing::ValuesIn(link_codecs()),
                         [](const auto& info) { return test_name(*info.param); });

std::string message_of(std::string_view spec) {
  try {
    link_codec(spec);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Code::invalid_argument);
    return error.what();
  }
  ADD_FAILURE() << spec << " was taken";
  return {};
}

TEST(LinkCodecs, AreNamedBySpecs) {
  EXPECT_EQ(link_codec("rice").name(), "rice");
  EXPECT_EQ(link_codec("rice()").name(), "rice");
  EXPECT_EQ(link_codec("rice(from=zero)").name(), "rice");
  EXPECT_EQ(link_codec("rice(own)").name(), "rice(from=own)");
  EXPECT_EQ(link_codec(" rice( from = own )").name(), "rice(from=own)");
}

TEST(LinkCodecs, AMisspeltNameIsAnsweredWithTheNearest) {
  EXPECT_NE(message_of("delt").find("did you mean `delta`"), std::string::npos);
  EXPECT_NE(message_of("elias_fanno").find("did you mean `elias_fano`"), std::string::npos);
}

TEST(LinkCodecs, AMisspeltParameterIsAnsweredWithTheNearest) {
  EXPECT_NE(message_of("delta(form=own)").find("did you mean `from`"), std::string::npos);
  EXPECT_NE(message_of("delta(from=onw)").find("did you mean `own`"), std::string::npos);
}

TEST(LinkCodecs, OnlyThoseThatProfitTakeFrom) {
  for (const std::string name : {"u32", "streamvbyte", "bitpacked", "elias_fano", "roaring"}) {
    EXPECT_NE(message_of(name + "(from=own)").find("from"), std::string::npos) << name;
  }
}

}  // namespace
}  // namespace skerry::graph
