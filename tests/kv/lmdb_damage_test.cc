// Damage of one place of a live page of an LMDB file, by hand: each is found where it is.

#include <gtest/gtest.h>

#include <stdexcept>

#include "kv/lmdb_data_file.h"
#include "kv/lmdb_format.h"
#include "kv/lmdb_metas.h"
#include "kv/lmdb_page.h"
#include "kv/lmdb_pages.h"
#include "tests/kv/lmdb_file_fixture.h"

namespace skerry::kv {
namespace {

class DamagedLmdbPage : public LmdbFile {
 protected:
  void SetUp() override {
    fill();
    load_file();
    const lmdb::Metas metas = lmdb::read_metas(lmdb::DataFile(file_));
    meta_ = metas.newest->meta;
    meta_page_ = metas.newest->at / 4096;
    small_ = tree_of("small");
    large_ = tree_of("large");
    ASSERT_GE(small_.depth, 2);
    leaf_ = lmdb_page(small_.root).nodes().at(1).child;
    while (!lmdb_page(leaf_).leaf()) leaf_ = lmdb_page(leaf_).nodes().at(1).child;
    const lmdb::Page page = lmdb_page(first_leaf(large_));
    for (const lmdb::Node& node : page.nodes()) {
      if (node.flags == lmdb::big_data) big_ = load<std::uint64_t>(node.value.data());
    }
    ASSERT_GT(big_, 1U);
  }

  std::byte* at(std::uint64_t page, std::size_t offset) { return &bytes_[page * 4096 + offset]; }

  lmdb::Page lmdb_page(std::uint64_t number) {
    lmdb::Page page;
    EXPECT_EQ(page.read({at(number, 0), 4096}, number), "");
    return page;
  }

  std::uint64_t first_leaf(const lmdb::Tree& tree) {
    std::uint64_t number = tree.root;
    while (!lmdb_page(number).leaf()) number = lmdb_page(number).nodes().front().child;
    return number;
  }

  /// The head of a named table in the main table, which is one leaf.
  std::byte* head_of(std::string_view name) {
    const lmdb::Page page = lmdb_page(meta_.main.root);
    for (const lmdb::Node& node : page.nodes()) {
      if (as_text(node.key) == name) return &bytes_[offset_of(node.value)];
    }
    throw std::runtime_error("no such table");
  }

  std::size_t offset_of(Bytes bytes) {
    return static_cast<std::size_t>(bytes.data() - bytes_.data());
  }

  lmdb::Tree tree_of(std::string_view name) { return lmdb::Tree::load(head_of(name)); }

  std::size_t node_offset(std::uint64_t page, std::size_t node) {
    return load<std::uint16_t>(at(page, 16 + 2 * node));
  }

  /// Expects a fault of `table` at `page` with `words`, and mends the file.
  void expect_fault(std::string_view table, std::uint64_t page, std::string_view words) {
    const PageWalk walk = walk_changed();
    bytes_ = whole_;
    for (const PageFault& fault : walk.faults) {
      if (fault.table == table && fault.page == page &&
          fault.what.find(words) != std::string::npos) {
        return;
      }
    }
    ADD_FAILURE() << "no `" << words << "` at page " << page << " of " << table << "\n"
                  << text_of(walk);
  }

  lmdb::Meta meta_;
  std::uint64_t meta_page_ = 0;
  lmdb::Tree small_, large_;
  std::uint64_t leaf_ = 0, big_ = 0;
};

TEST_F(DamagedLmdbPage, HeadersAreHeldAgainstWhatLeadsToThePage) {
  for (const std::uint64_t page : {leaf_, small_.root}) {
    *at(page, 0) ^= std::byte{1};
    expect_fault("small", page, "carries the page number");
    store<std::uint16_t>(at(page, 10), lmdb::overflow_page);
    expect_fault("small", page, "its flags are 0x4");
    store<std::uint16_t>(at(page, 10), 0x12);  // dirty: LMDB would write to it in its map
    expect_fault("small", page, "its flags are 0x12");
    store<std::uint16_t>(at(page, 12), 4098);
    expect_fault("small", page, "free space");
    store<std::uint16_t>(at(page, 12), 16);
    expect_fault("small", page, "no nodes");
    store<std::uint16_t>(at(page, 12), load<std::uint16_t>(at(page, 12)) - 2);
    expect_fault("small", page, "nodes");
    store<std::uint16_t>(at(page, 14), load<std::uint16_t>(at(page, 14)) - 2);
    expect_fault("small", page, "nodes");
    store<std::uint16_t>(at(page, 10), page == leaf_ ? lmdb::branch_page : lmdb::leaf_page);
    EXPECT_GT(walk_changed().fault_count, 0U);
    bytes_ = whole_;
  }
}

TEST_F(DamagedLmdbPage, NodesMustLieInThePageAndFillIt) {
  store<std::uint16_t>(at(leaf_, 16), 65534);
  expect_fault("small", leaf_, "its offset is 65534");
  store<std::uint16_t>(at(leaf_, 16), 17);
  expect_fault("small", leaf_, "its offset is 17");
  store<std::uint16_t>(at(leaf_, 16), load<std::uint16_t>(at(leaf_, 18)));
  expect_fault("small", leaf_, "its nodes");
  const std::size_t node = node_offset(leaf_, 1);
  store<std::uint16_t>(at(leaf_, node + 2), 1);  // 65536 bytes more of value
  expect_fault("small", leaf_, "leave the page");
  store<std::uint16_t>(at(leaf_, node + 6), 4000);
  expect_fault("small", leaf_, "its key has 4000 bytes");
  store<std::uint16_t>(at(leaf_, node + 6), 0);
  expect_fault("small", leaf_, "its key has 0 bytes");
  store<std::uint16_t>(at(leaf_, node + 4), 4);
  expect_fault("small", leaf_, "sorted duplicates");
  store<std::uint16_t>(at(leaf_, node + 4), lmdb::sub_data);
  expect_fault("small", leaf_, "not 48");
}

TEST_F(DamagedLmdbPage, KeysAscendWithinPagesAndFromPageToPage) {
  const std::size_t first = node_offset(leaf_, 0);
  const std::size_t second = node_offset(leaf_, 1);
  *at(leaf_, second + 8) = std::byte{'A'};
  expect_fault("small", leaf_, "comes after key");
  *at(leaf_, first + 8) = std::byte{'A'};  // below what the branch says
  expect_fault("small", leaf_, "comes after key");
  const std::size_t last = lmdb_page(leaf_).nodes().size() - 1;
  *at(leaf_, node_offset(leaf_, last) + 8) = std::byte{'z'};  // above it
  expect_fault("small", leaf_, "belongs into a later page");
  *at(small_.root, node_offset(small_.root, 1) + 8) = std::byte{'z'};
  EXPECT_GT(walk_changed().fault_count, 0U);
}

TEST_F(DamagedLmdbPage, ChildrenAreInTheFileAndMetOnce) {
  std::byte* child = at(small_.root, node_offset(small_.root, 1));
  store<std::uint16_t>(child, 65535);
  expect_fault("small", small_.root, "do not hold");
  store<std::uint16_t>(child, 0);
  expect_fault("small", small_.root, "leads to page 0");
  child = at(small_.root, node_offset(small_.root, 1));
  const auto sibling = load<std::uint32_t>(at(small_.root, node_offset(small_.root, 0)));
  store<std::uint32_t>(child, sibling);
  expect_fault("small", small_.root, "in use elsewhere");
  store<std::uint32_t>(child, static_cast<std::uint32_t>(small_.root));  // a circle
  expect_fault("small", small_.root, "in use elsewhere");
}

TEST_F(DamagedLmdbPage, OverflowRunsBelongToTheirValue) {
  store<std::uint64_t>(at(big_, 0), big_ + 1);
  expect_fault("large", big_, "carries the page number");
  store<std::uint16_t>(at(big_, 10), lmdb::leaf_page);
  expect_fault("large", big_, "its flags are 0x2");
  store<std::uint32_t>(at(big_, 12), 0);
  expect_fault("large", big_, "an overflow run of 0 pages");
  store<std::uint32_t>(at(big_, 12), 0xffffffff);
  expect_fault("large", big_, "do not hold");
}

TEST_F(DamagedLmdbPage, HeadsOfTablesAgreeWithTheirTrees) {
  const std::size_t head = static_cast<std::size_t>(head_of("small") - bytes_.data());
  const auto change = [&](std::size_t field, std::string_view words) {
    bytes_[head + field] ^= std::byte{1};
    const auto root = load<std::uint64_t>(&bytes_[head + 40]);
    expect_fault("small", root, words);
  };
  change(4, "flags are 0x1");
  change(6, "levels");
  change(8, "branch pages");
  change(16, "leaf pages");
  change(24, "overflow pages");
  change(32, "records");
  store<std::uint16_t>(&bytes_[head + 6], 0);
  expect_fault("small", small_.root, "its depth is 0");
  store<std::uint16_t>(&bytes_[head + 6], 33);
  expect_fault("small", small_.root, "its depth is 33");
  store<std::uint64_t>(&bytes_[head + 40], 1);
  expect_fault("small", 1, "leads to page 1");
  store<std::uint64_t>(&bytes_[head + 40], large_.root);
  EXPECT_GT(walk_changed().fault_count, 0U);
}

TEST_F(DamagedLmdbPage, FreePagesDescendAndAreNotInUse) {
  const std::uint64_t list = first_leaf(meta_.free);
  const lmdb::Node node = lmdb_page(list).nodes().back();
  const std::size_t value = node.flags == lmdb::big_data
                                ? load<std::uint64_t>(node.value.data()) * 4096 + 16
                                : offset_of(node.value);
  ASSERT_GE(load<std::uint64_t>(&bytes_[value]), 2U);
  const std::size_t key = offset_of(node.key);
  store<std::uint64_t>(&bytes_[value], 1 << 20);
  expect_fault("(free pages)", list, "a list of 1048576 free pages");
  store<std::uint64_t>(&bytes_[value + 8], meta_.last_page + 1);
  expect_fault("(free pages)", list, "they descend");
  store<std::uint64_t>(&bytes_[value + 16], load<std::uint64_t>(&bytes_[value + 8]));
  expect_fault("(free pages)", list, "they descend");
  store<std::uint64_t>(&bytes_[key], meta_.transaction + 1);
  expect_fault("(free pages)", list, "the newest is");
  store<std::uint64_t>(&bytes_[value], 1);
  store<std::uint64_t>(&bytes_[value + 8], leaf_);
  expect_fault("(free pages)", leaf_, "and in use");
}

TEST_F(DamagedLmdbPage, OneDamagedMetaPageIsReportedAndTheOtherOneWalked) {
  for (const std::size_t field : {0U, 10U, 16U, 20U, 40U}) {
    for (const std::uint64_t page : {0U, 1U}) {
      *at(page, field) ^= std::byte{8};
      const PageWalk walk = walk_changed();
      bytes_ = whole_;
      ASSERT_GE(walk.fault_count, 1U) << field;
      EXPECT_EQ(walk.faults[0].table, "(meta)");
      EXPECT_EQ(walk.faults[0].page, page);
      EXPECT_EQ(walk.transaction, page == meta_page_ ? meta_.transaction - 1 : meta_.transaction);
    }
  }
  store<std::uint64_t>(at(meta_page_, 16 + 120), ~std::uint64_t{0});
  expect_fault("(meta)", meta_page_, "its last page");
  store<std::uint64_t>(at(meta_page_, 16 + 128), meta_.transaction + 1);
  expect_fault("(meta)", meta_page_, "belongs into the other");
}

TEST_F(DamagedLmdbPage, FaultsNameTheNearestKeyBeforeThem) {
  const lmdb::Page page = lmdb_page(leaf_);
  const std::string before = to_hex(page.nodes().at(3).key);
  store<std::uint16_t>(at(leaf_, 16 + 2 * 4), 1);
  const PageWalk walk = walk_changed();
  ASSERT_EQ(walk.fault_count, 1U) << text_of(walk);
  EXPECT_EQ(walk.faults[0].key_hex, before);
}

}  // namespace
}  // namespace skerry::kv
