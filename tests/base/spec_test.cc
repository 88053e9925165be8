#include "base/spec.h"

#include <gtest/gtest.h>

#include <array>

#include "base/error.h"
#include "base/random.h"

namespace skerry {
namespace {

std::string refusal(std::string_view text) {
  try {
    Spec::parse(text);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Code::invalid_argument);
    return error.what();
  }
  return "";
}

TEST(Spec, ReadsNamesAndArguments) {
  const Spec plain = Spec::parse("hnsw");
  EXPECT_EQ(plain.name, "hnsw");
  EXPECT_TRUE(plain.arguments.empty());
  EXPECT_TRUE(Spec::parse("hnsw()").arguments.empty());
  const Spec spec = Spec::parse(" robust_prune ( 1.2 , passes = 2 ) ");
  EXPECT_EQ(spec.name, "robust_prune");
  ASSERT_EQ(spec.arguments.size(), 2U);
  EXPECT_EQ(spec.arguments[0].key, "");
  EXPECT_EQ(spec.arguments[0].value, "1.2");
  EXPECT_EQ(spec.arguments[1].key, "passes");
  EXPECT_EQ(spec.arguments[1].value, "2");
}

TEST(Spec, KeepsANestedSpecAsItIsSpelt) {
  const Spec spec = Spec::parse("capped(geometric(ml=auto), 3)");
  ASSERT_EQ(spec.arguments.size(), 2U);
  EXPECT_EQ(spec.arguments[0].value, "geometric(ml=auto)");
  EXPECT_EQ(Spec::parse(spec.arguments[0].value).arguments[0].key, "ml");
}

TEST(Spec, RefusalsQuoteTheTextAndTheColumn) {
  EXPECT_NE(refusal("").find("expected a name at column 1"), std::string::npos);
  EXPECT_NE(refusal("hnsw(").find("expected a value at column 6, found the end"),
            std::string::npos);
  EXPECT_NE(refusal("hnsw(a=1,)").find("at column 10"), std::string::npos) << refusal("hnsw(a=1,)");
  EXPECT_NE(refusal("hnsw)").find("expected the end at column 5"), std::string::npos);
  EXPECT_NE(refusal("a(b=1, 2)").find("after a named argument"), std::string::npos);
  EXPECT_NE(refusal("a(1.2.3)").find("`a(1.2.3)`"), std::string::npos);
  EXPECT_NE(refusal("1a"), "");
  EXPECT_NE(refusal("a b"), "");
}

TEST(Spec, DeepNestingEndsInAnErrorNotInTheStack) {
  std::string deep;
  for (int i = 0; i < 100000; ++i) deep += "a(";
  EXPECT_NE(refusal(deep).find("nested"), std::string::npos);
}

TEST(Spec, ArbitraryTextIsReadOrRefused) {
  Random random(1);
  constexpr std::string_view letters = "ab1(.,=)- ";
  for (int round = 0; round < 50000; ++round) {
    std::string text(random.below(12), ' ');
    for (char& c : text) c = letters[random.below(letters.size())];
    refusal(text);
  }
}

constexpr std::array<Parameter, 3> parameters{
    {{"alpha", "real", "1.2", ""}, {"passes", "int", "1", ""}, {"fill", "bool", "false", ""}}};

std::string argument_refusal(std::string_view text) {
  try {
    const Arguments arguments(Spec::parse(text), parameters);
    arguments.real("alpha", 0.5, 10);
    arguments.integer("passes", 1, 2);
    arguments.boolean("fill");
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(Arguments, BindInDeclaredOrderOrByName) {
  const Arguments arguments(Spec::parse("p(2.5, fill=true)"), parameters);
  EXPECT_EQ(arguments.real("alpha", 0, 10), 2.5);
  EXPECT_EQ(arguments.integer("passes", 0, 10), 1);
  EXPECT_TRUE(arguments.boolean("fill"));
  EXPECT_TRUE(arguments.is("passes", "1"));
}

TEST(Arguments, RefuseWhatIsUnknownRepeatedTooManyOrOfTheWrongType) {
  EXPECT_NE(argument_refusal("p(alhpa=1)").find("did you mean `alpha`"), std::string::npos);
  EXPECT_NE(argument_refusal("p(1, alpha=2)").find("given twice"), std::string::npos);
  EXPECT_NE(argument_refusal("p(1, 1, true, 4)").find("one too many"), std::string::npos);
  EXPECT_NE(argument_refusal("p(passes=1.5)").find("whole number"), std::string::npos);
  EXPECT_NE(argument_refusal("p(passes=99999999999999999999)").find("1..2"), std::string::npos);
  EXPECT_NE(argument_refusal("p(alpha=big)").find("a number in 0.5..10"), std::string::npos);
  EXPECT_NE(argument_refusal("p(fill=1)").find("true or false"), std::string::npos);
  EXPECT_EQ(argument_refusal("p"), "");
}

TEST(Nearest, FindsSwapsAndSlipsButNothingFar) {
  const std::array<std::string_view, 3> known = {"memory", "lmdb", "rocksdb"};
  EXPECT_EQ(nearest("rocksbd", known), "rocksdb");
  EXPECT_EQ(nearest("memry", known), "memory");
  EXPECT_EQ(nearest("lmbd", known), "lmdb");
  EXPECT_EQ(nearest("sqlite", known), "");
  EXPECT_EQ(unknown_name("store", "sqlite", known),
            "unknown store `sqlite`. Known: memory, lmdb, rocksdb");
}

}  // namespace
}  // namespace skerry
