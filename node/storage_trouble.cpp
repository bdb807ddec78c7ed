#include <spdlog/spdlog.h>
#include <node/log.hpp>
#include <node/storage_trouble.hpp>

namespace redoubt::node {
namespace {

std::int64_t seconds(StorageTrouble::Clock::duration duration) {
    return std::chrono::duration_cast<std::chrono::seconds>(duration).count();
}

}  // namespace

std::string_view fault_name(StorageFault fault) {
    switch (fault) {
        case StorageFault::kNoSpace:
            return "no_space";
        case StorageFault::kReadOnly:
            return "read_only";
        case StorageFault::kNoAnswer:
            return "no_answer";
        case StorageFault::kIoError:
            break;
    }
    return "io_error";
}

void StorageTrouble::failed(std::uint32_t block,
                            StorageFault fault,
                            const Problem& problem,
                            Clock::time_point now) {
    if (!fault_) {
        began_ = now;
    }
    if (fault_ == fault) {
        if (now - said_ >= kReminder) {
            said_ = now;
            spdlog::error("block {} still cannot be kept, for {} s now: {}. {}", block, seconds(now - began_),
                          problem.cause, problem.remedy);
        }
        return;
    }
    fault_ = fault;
    said_ = now;
    spdlog::error(
        "block {} cannot be kept: {}. {} Nothing of it counts; no block is imported and no client accepted "
        "until "
        "it is on the disk. The worker tries again by itself.",
        block, problem.cause, problem.remedy);
    announce("storage_failed", {{"block", block},
                                {"reason", fault_name(fault)},
                                {"cause", problem.cause},
                                {"remedy", problem.remedy}});
}

void StorageTrouble::over(std::uint32_t block, Clock::time_point now) {
    if (!fault_) {
        return;
    }
    spdlog::info("block {} is on the disk: it took nothing for {} s", block, seconds(now - began_));
    announce("storage_recovered",
             {{"block", block}, {"reason", fault_name(*fault_)}, {"seconds", seconds(now - began_)}});
    fault_.reset();
}

}  // namespace redoubt::node
