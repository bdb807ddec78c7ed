/// Looks at a stopped worker's database and alters it, as somebody with access to the disk might:
///
///     redoubt-database-entry DB list              every key and value as hex, a line each
///     redoubt-database-entry DB put KEY VALUE     hex
///     redoubt-database-entry DB erase KEY
#include <node/storage/database.hpp>
#include <primitives/bytes.hpp>
#include <primitives/hex.hpp>

#include <sys/stat.h>
#include <cstdio>
#include <span>
#include <string_view>

namespace {

using namespace redoubt;
using namespace redoubt::node;

Outcome<> list(const Database& database) {
    const Bytes past_all{0xff};
    return database.scan({}, past_all, [](ByteView key, ByteView value) {
        std::printf("%s %s\n", to_hex(key).c_str(), to_hex(value).c_str());
        return true;
    });
}

Outcome<Bytes> bytes_in(std::string_view hex) {
    auto bytes = parse_hex(hex);
    if (!bytes.has_value()) {
        return Problem{ExitCode::kUsage, "this is no hex", "Give an even number of digits."};
    }
    return std::move(bytes.value());
}

Outcome<> work(std::span<char* const> words) {
    BOOST_OUTCOME_TRY(const auto database, Database::open(words[0]));
    const std::string_view what = words[1];
    if (what == "list" && words.size() == 2) {
        return list(*database);
    }
    Batch batch;
    if (what == "put" && words.size() == 4) {
        BOOST_OUTCOME_TRY(const auto key, bytes_in(words[2]));
        BOOST_OUTCOME_TRY(const auto value, bytes_in(words[3]));
        batch.put(key, value);
    } else if (what == "erase" && words.size() == 3) {
        BOOST_OUTCOME_TRY(const auto key, bytes_in(words[2]));
        batch.erase(key);
    } else {
        return Problem{ExitCode::kUsage, "this is no command", "Use list, put or erase."};
    }
    return database->write(std::move(batch));
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 3) {
        std::fputs("usage: redoubt-database-entry DB list | put KEY VALUE | erase KEY\n", stderr);
        return 2;
    }
    ::umask(077);  // as the worker writes
    const auto done = work(std::span{argv + 1, static_cast<std::size_t>(argc - 1)});
    if (!done.has_value()) {
        std::fprintf(stderr, "%s. %s\n", done.error().cause.c_str(), done.error().remedy.c_str());
        return 1;
    }
    return 0;
}
