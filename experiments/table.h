#pragma once
// Text in aligned columns.

#include <cstdint>
#include <string>
#include <vector>

namespace skerry::experiments {

enum class Align { left, right };

class Table {
 public:
  explicit Table(std::vector<Align> columns) : columns_(std::move(columns)) {}

  /// At most as many cells as there are columns; those that are missing stay blank.
  void add(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }

  /// Lines with two blanks between columns and none at the end.
  std::string text() const;

 private:
  std::vector<Align> columns_;
  std::vector<std::vector<std::string>> rows_;
};

/// 1234567 as "1,234,567".
std::string grouped(std::uint64_t number);

}  // namespace skerry::experiments
