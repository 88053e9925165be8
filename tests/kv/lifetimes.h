#pragma once
// Who must outlive whom, and who may be used where.

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <thread>

namespace skerry::kv {

/// A use that the contract gives no meaning. What it does give a Code is answered with that Code.
class Misuse : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};

/// Must outlive its children: a destructor cannot throw, so the process ends if it does not.
class Parent {
 public:
  explicit Parent(const char* what) : what_(what) {}

  ~Parent() {
    if (children_ == 0) return;
    std::fprintf(stderr, "misuse: %s is destroyed before what it made\n", what_);
    std::abort();
  }

  Parent(const Parent&) = delete;
  Parent& operator=(const Parent&) = delete;

 private:
  friend class Child;
  const char* what_;
  std::atomic<int> children_{0};
};

class Child {
 public:
  explicit Child(Parent& parent) : parent_(&parent) { ++parent_->children_; }

  ~Child() { --parent_->children_; }

  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

 private:
  Parent* parent_;
};

/// The one thread that something belongs to: the thread that made it.
class Home {
 public:
  explicit Home(const char* what) : what_(what) {}

  void check() const {
    if (std::this_thread::get_id() == thread_) return;
    throw Misuse(std::string(what_) + " is used by another thread than made it");
  }

 private:
  const char* what_;
  std::thread::id thread_ = std::this_thread::get_id();
};

}  // namespace skerry::kv
