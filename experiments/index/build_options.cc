#include "experiments/index/build_options.h"

#include <limits>

#include "base/error.h"
#include "base/spec.h"

namespace skerry::experiments {

namespace {

std::uint32_t degree(const Parsed& parsed, std::string_view option, std::uint32_t most) {
  return static_cast<std::uint32_t>(whole_number(option, parsed.value(option), 1, most));
}

}  // namespace

graph::IndexOptions with_build_options(const Parsed& parsed, graph::IndexOptions base) {
  constexpr std::uint32_t most_links = 4096;
  bool forward_is_M = base.build.forward_links != 0 && base.build.forward_links == base.bounds.M;
  if (parsed.has("M")) {
    base.bounds.M = degree(parsed, "M", most_links);
    base.bounds.M0 = 2 * base.bounds.M;
  }
  if (parsed.has("M0")) base.bounds.M0 = degree(parsed, "M0", most_links);
  if (parsed.has("forward")) {
    static constexpr std::array<std::string_view, 2> words = {"M0", "M"};
    const std::string word = parsed.value("forward");
    if (word != words[0] && word != words[1]) {
      throw Error(Code::invalid_argument, unknown_name("--forward", word, words));
    }
    forward_is_M = word == "M";
    base.build.forward_links = 0;
  }
  if (forward_is_M) base.build.forward_links = base.bounds.M;
  if (parsed.has("ef-construction")) {
    base.build.ef_construction = degree(parsed, "ef-construction", 1'000'000);
  }
  const auto take = [&](std::string_view option, std::string& spec) {
    if (parsed.has(option)) spec = parsed.value(option);
  };
  take("selection", base.build.selection);
  take("overflow", base.build.overflow);
  take("levels", base.build.levels);
  take("schedule", base.build.schedule);
  take("repair", base.build.repair);
  take("in-links", base.build.in_links);
  take("connectivity", base.build.connectivity);
  take("construction", base.build.construction);
  take("codec", base.codec);
  take("layout", base.layout);
  take("order", base.order);
  take("encoding", base.encoding);
  if (parsed.has("seed")) {
    base.seed =
        whole_number("seed", parsed.value("seed"), 0, std::numeric_limits<std::int64_t>::max());
  }
  return base;
}

}  // namespace skerry::experiments
