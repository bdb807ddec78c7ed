#include <tests/support/scripted_rpc_server.hpp>

#include <algorithm>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <condition_variable>
#include <deque>
#include <future>
#include <list>
#include <map>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

namespace redoubt::tests {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = boost::beast::websocket;
using asio::ip::tcp;
using nlohmann::json;
using ErrorCode = boost::system::error_code;

/// One connection, whatever lies below the WebSocket.
class ScriptedConnection : public std::enable_shared_from_this<ScriptedConnection> {
  public:
    virtual ~ScriptedConnection() = default;
    virtual void start() = 0;
    virtual void send(std::string text) = 0;
    virtual void drop() = 0;
};

struct ScriptedRpcServer::Core : std::enable_shared_from_this<ScriptedRpcServer::Core> {
    struct Subscribers {
        std::string notification;
        std::list<std::pair<std::weak_ptr<ScriptedConnection>, json>> live;
    };

    explicit Core(std::optional<ScriptedTls> settings) : acceptor(context) {
        if (!settings) {
            return;
        }
        tls.emplace(asio::ssl::context::tls_server);
        add_certificate(settings->certificate_chain_pem, settings->private_key_pem);
        if (!settings->other_certificate_chain_pem.empty()) {
            add_certificate(settings->other_certificate_chain_pem, settings->other_private_key_pem);
        }
    }

    void add_certificate(const std::string& chain, const std::string& key) {
        tls->use_certificate_chain(asio::buffer(chain));
        tls->use_private_key(asio::buffer(key), asio::ssl::context::pem);
    }

    void open() {
        const tcp::endpoint address{asio::ip::address_v4::loopback(), port};
        acceptor.open(address.protocol());
        acceptor.set_option(tcp::acceptor::reuse_address{true});
        acceptor.bind(address);
        acceptor.listen();
        port = acceptor.local_endpoint().port();
        accept();
    }

    void accept();
    void forget(const std::shared_ptr<ScriptedConnection>& connection) {
        std::erase(connections, connection);
        changed();
    }
    void changed() {
        { const std::scoped_lock lock{mutex}; }
        condition.notify_all();
    }
    void handle(const std::string& text, const std::shared_ptr<ScriptedConnection>& connection);

    asio::io_context context;
    asio::executor_work_guard<asio::io_context::executor_type> work{context.get_executor()};
    std::optional<asio::ssl::context> tls;
    tcp::acceptor acceptor;
    std::uint16_t port = 0;
    std::vector<std::shared_ptr<ScriptedConnection>> connections;  // on the server's thread only
    std::thread thread;

    mutable std::mutex mutex;
    std::condition_variable condition;
    std::map<std::string, Handler> handlers;
    std::map<std::string, std::size_t> call_counts;
    std::list<Subscribers> subscriptions;
    std::size_t accepted = 0;
    bool frozen = false;
    std::uint64_t next_subscription = 1;
};

namespace {

template <class Stream>
class Connection final : public ScriptedConnection {
  public:
    template <class... Arguments>
    explicit Connection(std::shared_ptr<ScriptedRpcServer::Core> core, Arguments&&... arguments)
        : core_(std::move(core)), stream_(std::forward<Arguments>(arguments)...) {}

    void start() override {
        if constexpr (requires { stream_.next_layer().native_handle(); }) {
            stream_.next_layer().async_handshake(asio::ssl::stream_base::server,
                                                 [self = shared_from_this(), this](ErrorCode error) {
                                                     if (error) {
                                                         core_->forget(self);
                                                     } else {
                                                         upgrade();
                                                     }
                                                 });
        } else {
            upgrade();
        }
    }

    void send(std::string text) override {
        asio::post(core_->context, [self = shared_from_this(), this, text = std::move(text)]() mutable {
            outgoing_.push_back(std::move(text));
            if (outgoing_.size() == 1) {
                write();
            }
        });
    }

    void drop() override { beast::get_lowest_layer(stream_).socket().close(); }

  private:
    void upgrade() {
        stream_.read_message_max(std::size_t{256} << 20);
        stream_.auto_fragment(false);
        stream_.text(true);
        stream_.async_accept([self = shared_from_this(), this](ErrorCode error) {
            if (error) {
                core_->forget(self);
            } else {
                read();
            }
        });
    }

    void read() {
        {
            const std::scoped_lock lock{core_->mutex};
            if (core_->frozen) {
                return;
            }
        }
        stream_.async_read(buffer_, [self = shared_from_this(), this](ErrorCode error, std::size_t) {
            if (error) {
                core_->forget(self);
                return;
            }
            const auto text = beast::buffers_to_string(buffer_.data());
            buffer_.clear();
            core_->handle(text, self);
            read();
        });
    }

    void write() {
        stream_.async_write(asio::buffer(outgoing_.front()),
                            [self = shared_from_this(), this](ErrorCode error, std::size_t) {
                                if (error) {
                                    outgoing_.clear();
                                    return;
                                }
                                outgoing_.pop_front();
                                if (!outgoing_.empty()) {
                                    write();
                                }
                            });
    }

    std::shared_ptr<ScriptedRpcServer::Core> core_;
    Stream stream_;
    beast::flat_buffer buffer_;
    std::deque<std::string> outgoing_;
};

class ConnectionExchange final : public ScriptedRpcServer::Exchange {
  public:
    ConnectionExchange(asio::io_context& context, std::shared_ptr<ScriptedConnection> connection, json id)
        : context_(context), connection_(std::move(connection)), id_(std::move(id)) {}

    void reply(json result) override {
        send_text(json{{"jsonrpc", "2.0"}, {"id", id_}, {"result", std::move(result)}}.dump());
    }
    void fail(int code, std::string message, json data) override {
        json error{{"code", code}, {"message", std::move(message)}};
        if (!data.is_null()) {
            error["data"] = std::move(data);
        }
        send_text(json{{"jsonrpc", "2.0"}, {"id", id_}, {"error", std::move(error)}}.dump());
    }
    void send_text(std::string text) override { connection_->send(std::move(text)); }
    void notify(std::string method, json subscription, json result) override {
        json params{{"subscription", std::move(subscription)}, {"result", std::move(result)}};
        send_text(
            json{{"jsonrpc", "2.0"}, {"method", std::move(method)}, {"params", std::move(params)}}.dump());
    }
    void drop_connection() override {
        asio::post(context_, [connection = connection_] { connection->drop(); });
    }
    [[nodiscard]] json id() const override { return id_; }
    [[nodiscard]] const std::shared_ptr<ScriptedConnection>& connection() const { return connection_; }

  private:
    asio::io_context& context_;
    std::shared_ptr<ScriptedConnection> connection_;
    json id_;
};

}  // namespace

void ScriptedRpcServer::Core::accept() {
    acceptor.async_accept([self = shared_from_this()](ErrorCode error, tcp::socket socket) {
        if (error) {
            return;
        }
        std::shared_ptr<ScriptedConnection> connection;
        if (self->tls) {
            using Tls = websocket::stream<beast::ssl_stream<beast::tcp_stream>, false>;
            connection =
                std::make_shared<Connection<Tls>>(self, beast::tcp_stream{std::move(socket)}, *self->tls);
        } else {
            using Plain = websocket::stream<beast::tcp_stream, false>;
            connection = std::make_shared<Connection<Plain>>(self, std::move(socket));
        }
        self->connections.push_back(connection);
        {
            const std::scoped_lock lock{self->mutex};
            ++self->accepted;
        }
        self->changed();
        connection->start();
        self->accept();
    });
}

void ScriptedRpcServer::Core::handle(const std::string& text,
                                     const std::shared_ptr<ScriptedConnection>& connection) {
    const auto request = json::parse(text, nullptr, false);
    const auto method = request.is_object() ? request.value("method", std::string{}) : std::string{};
    const auto id = request.is_object() && request.contains("id") ? request["id"] : json{};
    const auto exchange = std::make_shared<ConnectionExchange>(context, connection, id);
    Handler handler;
    {
        const std::scoped_lock lock{mutex};
        ++call_counts[method];
        if (const auto found = handlers.find(method); found != handlers.end()) {
            handler = found->second;
        }
    }
    if (handler) {
        try {
            handler(request.value("params", json::array()), exchange);
        } catch (const ScriptedError& error) {
            exchange->fail(error.code, error.what(), error.data);
        }
    } else {
        exchange->fail(-32601, "Method not found", nullptr);
    }
    changed();
}

ScriptedRpcServer::ScriptedRpcServer() : core_(std::make_shared<Core>(std::nullopt)) {
    core_->open();
    core_->thread = std::thread{[core = core_.get()] { core->context.run(); }};
}

ScriptedRpcServer::ScriptedRpcServer(ScriptedTls tls) : core_(std::make_shared<Core>(std::move(tls))) {
    core_->open();
    core_->thread = std::thread{[core = core_.get()] { core->context.run(); }};
}

ScriptedRpcServer::~ScriptedRpcServer() {
    // Closed sockets end every operation, and with them the references that operations hold to the core.
    stop_listening();
    asio::post(core_->context, [core = core_.get()] {
        core->connections.clear();
        core->work.reset();
    });
    core_->thread.join();
    core_->handlers.clear();
}

std::string ScriptedRpcServer::url() const {
    return (core_->tls ? "wss://127.0.0.1:" : "ws://127.0.0.1:") + std::to_string(core_->port);
}

std::uint16_t ScriptedRpcServer::port() const {
    return core_->port;
}

void ScriptedRpcServer::on(const std::string& method, Answer answer) {
    on_exchange(method, [answer = std::move(answer)](const json& params, const ExchangePtr& exchange) {
        exchange->reply(answer(params));
    });
}

void ScriptedRpcServer::on_exchange(const std::string& method, Handler handler) {
    const std::scoped_lock lock{core_->mutex};
    core_->handlers[method] = std::move(handler);
}

void ScriptedRpcServer::on_subscription(const std::string& subscribe,
                                        const std::string& unsubscribe,
                                        const std::string& notification) {
    Core* core = core_.get();
    Core::Subscribers* subscribers = nullptr;
    {
        const std::scoped_lock lock{core->mutex};
        subscribers = &core->subscriptions.emplace_back();
        subscribers->notification = notification;
    }
    on_exchange(subscribe, [core, subscribers](const json&, const ExchangePtr& exchange) {
        const auto& connection = static_cast<ConnectionExchange&>(*exchange).connection();
        json id;
        {
            const std::scoped_lock lock{core->mutex};
            id = "sub" + std::to_string(core->next_subscription++);
            subscribers->live.emplace_back(connection, id);
        }
        exchange->reply(id);
    });
    on_exchange(unsubscribe, [core, subscribers](const json& params, const ExchangePtr& exchange) {
        {
            const std::scoped_lock lock{core->mutex};
            subscribers->live.remove_if([&](const auto& entry) { return entry.second == params.at(0); });
        }
        exchange->reply(true);
    });
}

void ScriptedRpcServer::notify_all(const std::string& notification, const json& result) {
    const std::scoped_lock lock{core_->mutex};
    for (const auto& subscribers : core_->subscriptions) {
        if (subscribers.notification != notification) {
            continue;
        }
        for (const auto& [weak, id] : subscribers.live) {
            if (const auto connection = weak.lock()) {
                ConnectionExchange{core_->context, connection, nullptr}.notify(notification, id, result);
            }
        }
    }
}

std::size_t ScriptedRpcServer::subscribers(const std::string& notification) const {
    const std::scoped_lock lock{core_->mutex};
    std::size_t count = 0;
    for (const auto& subscribers : core_->subscriptions) {
        if (subscribers.notification == notification) {
            count += static_cast<std::size_t>(std::ranges::count_if(
                subscribers.live, [](const auto& entry) { return !entry.first.expired(); }));
        }
    }
    return count;
}

std::size_t ScriptedRpcServer::calls(const std::string& method) const {
    const std::scoped_lock lock{core_->mutex};
    const auto found = core_->call_counts.find(method);
    return found == core_->call_counts.end() ? 0 : found->second;
}

std::size_t ScriptedRpcServer::connections() const {
    const std::scoped_lock lock{core_->mutex};
    return core_->accepted;
}

bool ScriptedRpcServer::wait_until(const std::function<bool()>& condition, std::chrono::milliseconds limit) {
    const auto deadline = std::chrono::steady_clock::now() + limit;
    while (!condition()) {
        std::unique_lock lock{core_->mutex};
        // The condition reads under the same mutex; a change between the two is met by the short wait.
        if (core_->condition.wait_for(lock, std::chrono::milliseconds{20}) == std::cv_status::timeout &&
            std::chrono::steady_clock::now() >= deadline) {
            lock.unlock();
            return condition();
        }
    }
    return true;
}

namespace {

/// Runs `work` on the server's thread and waits for it.
template <class Work>
void run_on(asio::io_context& context, Work work) {
    std::promise<void> done;
    asio::post(context, [&] {
        work();
        done.set_value();
    });
    done.get_future().wait();
}

}  // namespace

void ScriptedRpcServer::drop_connections() {
    run_on(core_->context, [core = core_.get()] {
        for (const auto& connection : core->connections) {
            connection->drop();
        }
    });
}

void ScriptedRpcServer::freeze() {
    const std::scoped_lock lock{core_->mutex};
    core_->frozen = true;
}

void ScriptedRpcServer::stop_listening() {
    run_on(core_->context, [core = core_.get()] {
        core->acceptor.close();
        for (const auto& connection : core->connections) {
            connection->drop();
        }
    });
}

void ScriptedRpcServer::listen() {
    run_on(core_->context, [core = core_.get()] { core->open(); });
}

}  // namespace redoubt::tests
