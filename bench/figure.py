"""What the figure scripts share: a Google Benchmark run, and the line that is printed for a figure."""
import json
import pathlib
import statistics
import subprocess

ROOT = pathlib.Path(__file__).resolve().parent.parent


def run_benchmarks(program, build, filter_regex, arguments=()):
    """What Google Benchmark says of each benchmark of `program` whose name matches; times are microseconds. `arguments` are
    the program's own."""
    run = subprocess.run(
        [build / "bin" / program, "--benchmark_format=json", f"--benchmark_filter={filter_regex}",
         "--benchmark_min_time=0.5", *arguments],
        check=True, capture_output=True, text=True)
    results = json.loads(run.stdout)["benchmarks"]
    for result in results:
        if result.get("error_occurred") or result["time_unit"] != "us":
            raise SystemExit(f"{program}: {result}")
    return results


def run_json(command):
    """What a program prints: one JSON value."""
    run = subprocess.run([str(part) for part in command], check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(run.stdout)


def cpu_times_us(program, build, filter_regex, arguments=()):
    """CPU microseconds per iteration of each benchmark of `program` whose name matches."""
    return {result["name"]: result["cpu_time"] for result in run_benchmarks(program, build, filter_regex, arguments)}


def print_figure(identifier, metric, ratios, digits=3):
    print(json.dumps({"id": identifier, "metric": metric, "median": round(statistics.median(ratios), digits),
                      "min": round(min(ratios), digits), "max": round(max(ratios), digits), "rounds": len(ratios)},
                     ensure_ascii=False))
