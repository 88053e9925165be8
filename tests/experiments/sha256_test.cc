#include "experiments/sha256.h"

#include <gtest/gtest.h>

#include "tests/support/expect_error.h"
#include "tests/support/matrix_bytes.h"
#include "tests/support/temp_dir.h"

namespace skerry::experiments {
namespace {

std::string hash(const std::string& text) {
  Sha256 sha;
  sha.update(as_bytes(text));
  return sha.hex();
}

TEST(Sha256, AgreesWithThePublishedExamples) {
  // FIPS 180-2, appendix B, and the empty text.
  EXPECT_EQ(hash(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(hash("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(hash("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(hash(std::string(1'000'000, 'a')),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Sha256, PiecesAreAsGoodAsTheWhole) {
  for (std::size_t length = 50; length < 140; ++length) {
    const std::string text(length, 'x');
    Sha256 pieces;
    for (std::size_t at = 0; at < length; at += 7) pieces.update(as_bytes(text.substr(at, 7)));
    EXPECT_EQ(pieces.hex(), hash(text)) << length;
  }
}

TEST(Sha256, ReadsFiles) {
  const support::TempDir folder;
  const std::string text(3'000'001, 'z');
  support::write_file(folder.path() / "x", text);
  EXPECT_EQ(sha256_of(folder.path() / "x"), hash(text));
  support::expect_error(Code::not_found, {"none"}, [&] { sha256_of(folder.path() / "none"); });
}

}  // namespace
}  // namespace skerry::experiments
