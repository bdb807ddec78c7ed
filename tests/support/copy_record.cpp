/// Puts the newest journal part of one database behind the newest of another: redoubt-copy-record FROM-DB
/// TO-DB
#include <node/storage/database.hpp>
#include <primitives/bytes.hpp>

#include <cstdio>

namespace {

using namespace redoubt;
using namespace redoubt::node;

struct Part {
    Bytes key;  ///< 'j' ++ sequence u64 ++ part u32, both big-endian
    Bytes value;
};

Outcome<Part> newest_part(const Database& database) {
    Part out;
    BOOST_OUTCOME_TRY(database.scan(bytes_of("j"), bytes_of("k"), [&out](ByteView key, ByteView value) {
        out = {to_bytes(key), to_bytes(value)};
        return true;
    }));
    if (out.key.size() != 13) {
        return Problem{ExitCode::kDataDirectory, "there is no journal part",
                       "Let the worker import a block."};
    }
    return out;
}

Outcome<> copy(const char* from, const char* to) {
    BOOST_OUTCOME_TRY(const auto source, Database::open_read_only(from));
    BOOST_OUTCOME_TRY(const auto target, Database::open(to));
    BOOST_OUTCOME_TRY(const auto copied, newest_part(*source));
    BOOST_OUTCOME_TRY(auto place, newest_part(*target));
    for (std::size_t at = 9; at-- > 1 && ++place.key[at] == 0;) {
    }
    for (std::size_t at = 9; at < place.key.size(); ++at) {
        place.key[at] = 0;
    }
    Batch batch;
    batch.put(place.key, copied.value);
    return target->write(std::move(batch));
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 3) {
        std::fputs("usage: redoubt-copy-record FROM-DB TO-DB\n", stderr);
        return 2;
    }
    const auto done = copy(argv[1], argv[2]);
    if (!done.has_value()) {
        std::fprintf(stderr, "%s. %s\n", done.error().cause.c_str(), done.error().remedy.c_str());
        return 1;
    }
    return 0;
}
