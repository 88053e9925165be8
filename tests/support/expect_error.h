#pragma once
// What a call throws, as a test wants to see it.

#include <gtest/gtest.h>

#include <initializer_list>
#include <string_view>

#include "base/error.h"

namespace skerry::support {

/// Fails the test unless `call` throws Error with `code` and a message of one line that contains
/// every one of `words`.
template <class Call>
void expect_error(Code code, std::initializer_list<std::string_view> words, Call&& call) {
  try {
    call();
  } catch (const Error& error) {
    const std::string_view message = error.what();
    EXPECT_EQ(name(error.code()), name(code)) << message;
    for (const std::string_view word : words) {
      EXPECT_NE(message.find(word), message.npos) << message << "\nlacks: " << word;
    }
    EXPECT_EQ(message.find('\n'), message.npos) << message;
    return;
  }
  ADD_FAILURE() << "nothing was thrown";
}

}  // namespace skerry::support
