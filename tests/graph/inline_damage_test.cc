// Layout `inline`: damage is told of with its table and key, and what it cannot do is refused.

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "graph/reader.h"
#include "graph/verify_index.h"
#include "graph/write_index.h"
#include "graph/writer.h"
#include "tests/graph/verify_fixture.h"
#include "tests/support/expect_error.h"

namespace skerry::graph {
namespace {

constexpr std::size_t dimension = 12;
constexpr std::size_t count = 400;

class InlineDamage : public VerifyIndexFixture {
 protected:
  void SetUp() override {
    VerifyIndexFixture::SetUp();
    const Rows rows = rows_of("euclidean", vectors_, dimension);
    write_index(*store_, "main", rows, build(rows, parameters()),
                {.layout = Layout::parse("inline"), .encoding = &distance::encoding("i8")});
    value_ = value_of("links", key_.bytes);
  }

  /// Walks by codes into every node.
  void walk(std::string_view view, std::string_view traversal = "i8") {
    const Reader reader(*store_, "main", ReaderOptions{.view = view, .traversal = traversal});
    const auto searcher = reader.searcher();
    std::vector<Hit> hits;
    for (std::size_t q = 0; q < count; ++q) {
      const std::span<const float> query = std::span(vectors_).subspan(q * dimension, dimension);
      searcher->search(std::as_bytes(query), {10, 30}, hits);
    }
  }

  void expect_refused_by_walks() {
    for (const std::string_view view : view_names()) {
      if (!view_supported(view, store_->traits().view_life)) continue;
      support::expect_error(Code::corrupt, {"main.links", to_hex(key_.bytes)}, [&] { walk(view); });
    }
  }

  std::vector<float> vectors_ = uniform_vectors(count, dimension, 1);
  LinkKey key_{0, 7};
  std::vector<std::byte> value_;
};

TEST_P(InlineDamage, CodesThatAreCutOffAreToldOfByVerifyAndByWalks) {
  put("links", key_.bytes, Bytes(value_).first(value_.size() - 1));
  expect("links", key_.bytes, "bytes where the codes of");
  expect_refused_by_walks();
  EXPECT_NO_THROW(walk("direct", "f32"));  // which does not look at codes
}

TEST_P(InlineDamage, AListLongerThanItsRecordIsToldOfByVerifyAndByWalks) {
  std::vector<std::byte> changed = value_;
  changed[0] = std::byte{0x7f};
  changed.resize(0x70);
  put("links", key_.bytes, changed);
  expect("links", key_.bytes, "not a sequence of lists");
  expect_refused_by_walks();
  put("links", key_.bytes, {});
  expect("links", key_.bytes, "not a sequence of lists");
  expect_refused_by_walks();
}

TEST_P(InlineDamage, ACodeThatIsNotThatOfTheTableIsToldOfByVerify) {
  value_.back() ^= std::byte{1};
  put("links", key_.bytes, value_);
  expect("links", key_.bytes, "another code");
}

TEST_P(InlineDamage, AMetaRecordWithoutCodesContradictsTheLayout) {
  change_meta([](Meta& meta) { meta.encoding = "f32"; });
  support::expect_error(Code::corrupt, {"main.meta", "inline", "f32"},
                        [&] { StoredIndex(*store_, "main"); });
  expect_in_meta("inline");
}

TEST_P(InlineDamage, AnEncodingThatNobodyKnowsIsRefusedByItsName) {
  change_meta([](Meta& meta) { meta.encoding = "i7"; });
  support::expect_error(Code::unsupported, {"`main`", "`i7`", "does not read", "i8"},
                        [&] { StoredIndex(*store_, "main"); });
  expect_in_meta("`i7`");
}

TEST_P(InlineDamage, UpdatesAreRefused) {
  Writer writer(*store_, "main");
  writer.add(1000, std::as_bytes(std::span(vectors_).first(dimension)));
  support::expect_error(Code::unsupported, {"inline"}, [&] { writer.build(); });
  support::expect_error(Code::unsupported, {"inline"}, [&] { writer.consolidate(); });
  support::expect_error(Code::unsupported, {"inline"}, [&] { writer.recode("rabitq"); });
  support::expect_error(Code::unsupported, {"inline"}, [&] {
    Writer::create(*store_, "new", {.metric = "euclidean", .dimension = 4, .layout = "inline"});
  });
  const IndexCheck check = verify_index(*store_, "main");
  EXPECT_EQ(check.damages, 0U) << all_of(check);
}

TEST_P(InlineDamage, AnIndexWithoutCodesIsRefusedBeforeItIsWritten) {
  const Rows rows = rows_of("manhattan", vectors_, dimension);
  const Graph graph = build(rows, parameters());
  support::expect_error(Code::invalid_argument, {"`layout`", "`encoding`", "i8"}, [&] {
    write_index(*store_, "other", rows, graph, {.layout = Layout::parse("inline")});
  });
  EXPECT_FALSE(store_->has_table("other.meta"));
}

INSTANTIATE_TEST_SUITE_P(AllStores, InlineDamage, testing::Values("memory", "lmdb", "rocksdb"),
                         [](const auto& info) { return std::string(info.param); });

}  // namespace
}  // namespace skerry::graph
