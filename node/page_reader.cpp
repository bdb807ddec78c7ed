#include <node/page_reader.hpp>

#include <spdlog/spdlog.h>
#include <node/blocking.hpp>
#include <node/log.hpp>
#include <primitives/hex.hpp>

namespace redoubt::node {
namespace {

Task<std::optional<Bytes>> read_page(std::shared_ptr<Journal> journal,
                                     std::shared_ptr<boost::asio::thread_pool> pool,
                                     boundary::PageId id,
                                     bool again) {
    auto read = [journal, id, again]() { return journal->page(id, again); };
    auto page = co_await run_blocking(*pool, std::move(read));
    const auto name = to_hex_0x(id.view());
    if (!page.has_value()) {
        spdlog::error("page {} of the state cannot be read: {}. {}", name, page.error().cause,
                      page.error().remedy);
        announce("page_unusable", {{"page", name}, {"reason", page.error().cause}});
        co_return std::nullopt;
    }
    if (again && !page.value().has_other) {
        const auto what = page.value().sealed ? "the enclave refuses it: it was altered or is an older one"
                                              : "there is none";
        spdlog::error(
            "page {} of the state in the database {} cannot be used: {}. Restore the whole data directory "
            "from "
            "one backup.",
            name, journal->folder().string(), what);
        announce("page_unusable",
                 {{"page", name}, {"reason", what}, {"database", journal->folder().string()}});
    }
    co_return std::move(page.value().sealed);
}

}  // namespace

PageReader make_page_reader(std::shared_ptr<Journal> journal,
                            std::shared_ptr<boost::asio::thread_pool> pool) {
    return [journal = std::move(journal), pool = std::move(pool)](boundary::PageId id, bool again) {
        return read_page(journal, pool, id, again);
    };
}

Task<void> settle_journal(std::shared_ptr<Journal> journal, std::shared_ptr<boost::asio::thread_pool> pool) {
    auto settle = [journal] {
        journal->settle();
        return true;
    };
    static_cast<void>(co_await run_blocking(*pool, std::move(settle)));
}

}  // namespace redoubt::node
