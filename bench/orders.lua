-- wrk: one purchase a request, each with its own key, of guests taken in turn. ORDERS_GUESTS names a file with one id a line.
local guests, count, thread = {}, 0, 0

function setup(each)
  thread = thread + 1
  each:set("id", thread)
end

function init()
  for line in io.lines(os.getenv("ORDERS_GUESTS")) do guests[#guests + 1] = line end
  math.randomseed(os.time() + id)
  run = string.format("%d-%d-%d", os.time(), id, math.random(1, 1000000000))
  wrk.headers["Content-Type"] = "application/json"
  wrk.headers["Authorization"] = "Bearer " .. (os.getenv("ORDERS_TOKEN") or "")
end

function request()
  count = count + 1
  wrk.headers["Idempotency-Key"] = run .. "-" .. count
  local guest = guests[math.random(1, #guests)]
  return wrk.format("POST", nil, nil, string.format('{"guest_id":"%s","cups":1}', guest))
end

function done(summary, latency)
  local bad = summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout
  io.write(string.format("RESULT %d %d %d\n", summary.requests, bad, summary.duration))
end
