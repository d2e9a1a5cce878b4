// Ordinary forms of co_await that g++ 12.2 compiles into wrong code without a warning
// (docs/adr/0009-clang-only.md). `coroutines NAME` runs one of them and prints "ok" when the object
// it holds is alive where it is used and gone, once, where it should be. No library but the
// standard one: what goes wrong is the compiler's frame, not somebody's coroutine type.

#include <coroutine>
#include <cstdio>
#include <cstring>
#include <exception>
#include <string>
#include <utility>

namespace {

int alive = 0;    // Witnesses that exist.
int misused = 0;  // Witnesses used or destroyed when they did not.

// An object that knows its own address: a copy that was made or destroyed behind the language's
// back is seen.
class Witness {
public:
    explicit Witness(int value) : value_(value), self_(this) { ++alive; }
    Witness(const Witness& other) : value_(other.value()), self_(this) { ++alive; }
    Witness& operator=(const Witness&) = delete;
    ~Witness() {
        if (self_ != this) ++misused;
        self_ = nullptr;
        --alive;
    }
    int value() const {
        if (self_ != this) ++misused;
        return value_;
    }

private:
    int value_;
    const Witness* self_;
};

// A coroutine that starts when awaited and gives its awaiter a value.
template <class T>
class Task {
public:
    struct promise_type {
        T value{};
        std::coroutine_handle<> awaiter;

        Task get_return_object() {
            return Task(std::coroutine_handle<promise_type>::from_promise(*this));
        }
        std::suspend_always initial_suspend() noexcept { return {}; }
        auto final_suspend() noexcept {
            struct Resume {
                bool await_ready() noexcept { return false; }
                std::coroutine_handle<> await_suspend(
                    std::coroutine_handle<promise_type> done) noexcept {
                    return done.promise().awaiter;
                }
                void await_resume() noexcept {}
            };
            return Resume{};
        }
        void return_value(T result) { value = std::move(result); }
        void unhandled_exception() { std::terminate(); }
    };

    Task(Task&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
    ~Task() {
        if (handle_) handle_.destroy();
    }

    bool await_ready() const noexcept { return false; }
    std::coroutine_handle<> await_suspend(std::coroutine_handle<> awaiter) noexcept {
        handle_.promise().awaiter = awaiter;
        return handle_;
    }
    T await_resume() { return std::move(handle_.promise().value); }

    // From outside any coroutine.
    void run() {
        handle_.promise().awaiter = std::noop_coroutine();
        handle_.resume();
    }

private:
    explicit Task(std::coroutine_handle<promise_type> handle) : handle_(handle) {}
    std::coroutine_handle<promise_type> handle_;
};

struct Pair {
    Witness witness;
    std::string text;
};

Task<bool> is_seven(Witness w) {
    co_return w.value() == 7;
}
Task<int> number(int n) {
    co_return n;
}
Task<int> from_pair(Pair pair) {
    co_return pair.witness.value() + static_cast<int>(pair.text.size());
}
template <class F>
Task<int> call(F f) {
    co_return f();
}

Task<int> if_condition(Witness w) {
    if (co_await is_seven(w)) co_return w.value();
    co_return 0;
}

Task<int> if_not_condition(Witness w) {
    if (!co_await is_seven(w)) co_return 0;
    co_return w.value();
}

Task<int> switch_condition(Witness w) {
    switch (co_await number(3)) {
        case 3:
            co_return w.value();
        default:
            co_return 0;
    }
}

Task<int> conditional_operator(Witness w) {
    const std::string text = co_await is_seven(w)
                                 ? std::string("a string long enough to allocate")
                                 : std::string("another one, as long as the first");
    co_return text[0] == 'a' && text[1] == ' ' ? w.value() : 0;
}

Task<int> capturing_lambda(Witness w) {
    const int value = co_await call([w] { return w.value(); });
    co_return value;
}

Task<int> braced_temporary(Witness w) {
    const int value = co_await from_pair({w, "text long enough to be allocated"});
    co_return value - 32;
}

Task<int> named_temporary(Witness w) {
    const int value =
        co_await from_pair(Pair{.witness = w, .text = "text long enough to be allocated"});
    co_return value - 32;
}

// The form that both compilers get right, so that a failure above is the form's and not Task's.
Task<int> named_first(Witness w) {
    const bool seven = co_await is_seven(w);
    if (seven) co_return w.value();
    co_return 0;
}

struct Case {
    const char* name;
    Task<int> (*coroutine)(Witness);
};
constexpr Case cases[] = {
    {"named_first", named_first},
    {"if_condition", if_condition},
    {"if_not_condition", if_not_condition},
    {"switch_condition", switch_condition},
    {"conditional_operator", conditional_operator},
    {"capturing_lambda", capturing_lambda},
    {"braced_temporary", braced_temporary},
    {"named_temporary", named_temporary},
};

Task<int> record(Task<int> (*coroutine)(Witness), int& result) {
    Witness witness(7);
    auto task = coroutine(witness);
    const int value = co_await task;
    result = value;
    co_return 0;
}

}  // namespace

int main(int count, char** arguments) {
    if (count < 2) {
        for (const auto& known : cases) std::puts(known.name);
        return 0;
    }
    for (const auto& known : cases) {
        if (std::strcmp(known.name, arguments[1]) != 0) continue;
        int result = 0;
        record(known.coroutine, result).run();
        if (result == 7 && alive == 0 && misused == 0) {
            std::puts("ok");
            return 0;
        }
        std::printf("wrong: result %d, %d alive, %d misused\n", result, alive, misused);
        return 1;
    }
    std::puts("no such case");
    return 2;
}
