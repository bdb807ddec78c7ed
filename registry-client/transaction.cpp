#include <registry-client/transaction.hpp>

#include <boost/asio/strand.hpp>
#include <registry-client/submission.hpp>
#include <rpc/run_on.hpp>

namespace redoubt::registry_client {
namespace {

/// Ends what a submission started, however its coroutine ends.
struct Stop {
    explicit Stop(std::shared_ptr<Submission> of) : submission(std::move(of)) {}
    Stop(const Stop&) = delete;
    Stop& operator=(const Stop&) = delete;
    ~Stop() { submission->stop(); }
    std::shared_ptr<Submission> submission;
};

Task<Reply<TransactionOutcome>> run(std::shared_ptr<Submission> submission) {
    const Stop stop{submission};
    co_return co_await submission->run();
}

}  // namespace

std::string_view error_domain(TransactionError) {
    return "transaction";
}

std::string_view error_message(TransactionError error) {
    switch (error) {
        case TransactionError::kRefused:
            return "the chain refused the transaction";
        case TransactionError::kTooManyAttempts:
            return "the transaction came to nothing each time it was signed";
        case TransactionError::kFateUnknown:
            return "the transaction was not seen in a finalized block in time";
    }
    return "unknown error";
}

Task<Reply<TransactionOutcome>> submit_until_finalized(ChainClientPtr client,
                                                       Signer signer,
                                                       SubmitOptions options) {
    const Executor executor = co_await boost::asio::this_coro::executor;
    const Executor strand = boost::asio::make_strand(executor);
    auto submission =
        std::make_shared<Submission>(strand, std::move(client), std::move(signer), std::move(options));
    auto work = run(std::move(submission));
    co_return co_await rpc::run_on(strand, std::move(work));
}

}  // namespace redoubt::registry_client
