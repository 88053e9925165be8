#include "kv/rocksdb_bulk.h"

#include <rocksdb/db.h>
#include <rocksdb/sst_file_writer.h>

#include <map>

#include "kv/names.h"
#include "kv/rocksdb_status.h"
#include "kv/writer_lock.h"

namespace skerry::kv {

namespace {

namespace fs = std::filesystem;
namespace rdb = rocksdb;

class RocksdbBulk final : public Bulk {
 public:
  RocksdbBulk(RocksdbDatabase& database, std::span<const TableId> tables)
      : hold_(database.writer()), database_(&database) {
    database.require_writable();
    for (const TableId table : tables) {
      rdb::ColumnFamilyHandle* const family = database.family(table);
      if (family == nullptr) throw Error(Code::invalid_argument, "no such table");
      const std::unique_ptr<rdb::Iterator> present(database.db().NewIterator({}, family));
      present->SeekToFirst();
      if (present->Valid()) {
        throw Error(Code::invalid_argument, "a bulk load needs an empty table",
                    {.path = database.path().string(), .table = family->GetName()});
      }
      parts_[table].family = family;
    }
  }

  ~RocksdbBulk() override {
    parts_visit([](Part& part) {
      part.writer.reset();
      std::error_code ignored;
      if (!part.file.empty()) fs::remove(part.file, ignored);
    });
  }

  Code add(TableId table, Key key, Bytes value) override {
    if (closed_) return Code::closed;
    const auto found = parts_.find(table);
    if (found == parts_.end()) return Code::invalid_argument;
    if (!legal_key(key)) return Code::key_size;
    if (value.size() > max_value_size) return Code::invalid_argument;
    Part& part = found->second;
    rdb::Status status;
    if (!part.writer) {
      part.file = database_->new_bulk_file();
      part.writer = std::make_unique<rdb::SstFileWriter>(rdb::EnvOptions(),
                                                         database_->file_options(), part.family);
      status = part.writer->Open(part.file.string());
    }
    if (status.ok()) {
      status = part.writer->Put(as_text(key), as_text(value));
      if (status.IsInvalidArgument()) return Code::invalid_argument;  // not above the last key
    }
    if (!status.ok() && failure_.ok()) failure_ = status;
    return rocksdb_code(status);
  }

  void publish() override {
    if (closed_) throw Error(Code::closed, "the bulk load has ended already");
    closed_ = true;
    check_rocksdb(failure_, "the bulk load failed and changed nothing", database_->path());
    std::vector<rdb::IngestExternalFileArg> arguments;
    std::uint64_t bytes = 0;
    parts_visit([&](Part& part) {
      if (!part.writer) return;
      rdb::ExternalSstFileInfo written;
      check_rocksdb(part.writer->Finish(&written), "the bulk load failed and changed nothing",
                    database_->path());
      bytes += written.file_size;
      rdb::IngestExternalFileArg argument;
      argument.column_family = part.family;
      argument.external_files = {part.file.string()};
      argument.options.move_files = true;
      argument.options.write_global_seqno = false;
      arguments.push_back(std::move(argument));
    });
    if (!arguments.empty()) {
      check_rocksdb(database_->db().IngestExternalFiles(arguments),
                    "the bulk load failed and changed nothing", database_->path());
      database_->ingested(bytes);
    }
    hold_.release();
  }

 private:
  struct Part {
    rdb::ColumnFamilyHandle* family = nullptr;
    fs::path file;
    std::unique_ptr<rdb::SstFileWriter> writer;
  };

  template <class Visit>
  void parts_visit(Visit&& visit) {
    for (auto& [table, part] : parts_) visit(part);
  }

  WriterLock::Hold hold_;
  RocksdbDatabase* database_;
  std::map<TableId, Part> parts_;
  rdb::Status failure_;
  bool closed_ = false;
};

}  // namespace

std::unique_ptr<Bulk> rocksdb_bulk(RocksdbDatabase& database, std::span<const TableId> tables) {
  return std::make_unique<RocksdbBulk>(database, tables);
}

}  // namespace skerry::kv
