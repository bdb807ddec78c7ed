#include <node/carried_shard.hpp>

#include <fmt/format.h>
#include <boost/asio/thread_pool.hpp>
#include <node/enclave_arguments.hpp>
#include <node/endorsements_file.hpp>
#include <node/log.hpp>

#include <utility>

namespace redoubt::node {
namespace {

std::shared_ptr<LogScope> scope_of(const ShardPlace& place, bool is_one_of_several) {
    auto scope = std::make_shared<LogScope>();
    scope->shard = place.shard;
    scope->is_one_of_several = is_one_of_several;
    return scope;
}

}  // namespace

CarriedShard::CarriedShard(Executor executor,
                           ShardPlace place,
                           ShardEndpoint endpoint,
                           bool is_one_of_several)
    : place_(std::move(place)),
      endpoint_(std::move(endpoint)),
      scope_(scope_of(place_, is_one_of_several)),
      executor_(scoped_executor(std::move(executor), scope_)),
      pool_(std::make_shared<boost::asio::thread_pool>(1)),
      tasks_(executor_) {
}

CarriedShard::~CarriedShard() {
    pool_->join();
}

Outcome<> CarriedShard::open_storage(const DataDir& data_dir) {
    const EnteredLogScope entered{scope_.get()};
    if (place_.obstacle) {
        return *place_.obstacle;
    }
    BOOST_OUTCOME_TRY(data_dir.provide_shard_folder(place_.folder));
    BOOST_OUTCOME_TRY(journal_, Journal::open(place_.database()));
    BOOST_OUTCOME_TRY(const auto identity, journal_->sealed_identity());
    may_have_identity_ = identity.has_value();
    return success();
}

Outcome<> CarriedShard::listen(const Config& config, const DataDir& data_dir) {
    const EnteredLogScope entered{scope_.get()};
    context_ = std::make_shared<WorkerContext>(executor_, config);
    context_->journal = journal_;
    context_->pool = pool_;
    BOOST_OUTCOME_TRY(EndorsementsFile{endorsements_path(config)}.read_changed());
    context_->log_scope = scope_;
    BOOST_OUTCOME_TRY(context_->listener, ClientListener::bind(executor_, endpoint_.listen));
    const auto& address = context_->listener->address();
    BOOST_OUTCOME_TRY(context_->url, endpoint_url(endpoint_.external_url, address));
    announce("listening", {{"url", context_->url}, {"listen", to_text(address)}});
    auto& setup = context_->setup;
    setup.launch = enclave_launch(config, data_dir.sim_platform());
    setup.shard = place_.shard;
    setup.dev = config.dev;
    setup.unverified_finality = config.unverified_finality;
    setup.stale_after = config.stale_after;
    setup.tls_names = tls_names(context_->url, address);
    setup.deadline = config.enclave_timeout;
    worker_ = std::make_unique<Worker>(context_);
    return success();
}

void CarriedShard::start(std::function<void()> on_end) {
    tasks_.spawn(carry(std::move(on_end)));
}

Task<void> CarriedShard::carry(std::function<void()> on_end) {
    auto result = co_await worker_->run();
    end(std::move(result));
    on_end();
}

void CarriedShard::request_stop() {
    if (worker_) {
        worker_->request_stop();
    }
}

void CarriedShard::end(Outcome<> result) {
    const EnteredLogScope entered{scope_.get()};
    nlohmann::ordered_json fields{{"exit_code", 0}};
    if (result.has_error()) {
        const auto& problem = result.error();
        log_problem(problem);
        fields = {{"exit_code", static_cast<int>(problem.exit_code)},
                  {"cause", problem.cause},
                  {"remedy", problem.remedy}};
    }
    worker_.reset();
    context_.reset();
    journal_.reset();
    result_.emplace(std::move(result));
    announce("shard_stopped", std::move(fields));
}

ExitCode CarriedShard::exit_code() const {
    return result_ && result_->has_error() ? result_->error().exit_code : ExitCode::kOk;
}

}  // namespace redoubt::node
