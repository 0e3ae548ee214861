-- Requests for wrk: the bodies of the file BODIES, a line each, to the path PATH_; each thread begins elsewhere.
local bodies = {}
for line in io.lines(os.getenv("BODIES")) do bodies[#bodies + 1] = line end
local path = os.getenv("PATH_")
local headers = { ["Content-Type"] = "application/json" }
local threads = 0

function setup(thread)
  thread:set("first", threads * 977)
  threads = threads + 1
end

local number = 0
function request()
  number = number + 1
  return wrk.format("POST", path, headers, bodies[(first + number) % #bodies + 1])
end

function done(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format(
    'RESULT {"requests": %d, "seconds": %f, "p50": %f, "p99": %f, "refused": %d, "broken": %d}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    errors.status, errors.connect + errors.read + errors.write + errors.timeout))
end
