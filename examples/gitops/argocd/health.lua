-- The health of cronwright's objects for Argo CD, from their conditions.
local function is(status, message)
  return {status = status, message = message}
end

local status = obj.status
if status == nil or status.conditions == nil then
  return is("Progressing", "waits for its first look")
end
if status.observedGeneration ~= obj.metadata.generation then
  return is("Progressing", "the latest change has not been looked at yet")
end

local found = {}
for _, condition in ipairs(status.conditions) do
  found[condition.type] = condition
end

local ready = found.Ready
if ready == nil then
  return is("Progressing", "waits for its first look")
end
if found.Stalled ~= nil and found.Stalled.status == "True" then
  return is("Degraded", found.Stalled.message)
end
if ready.status == "True" then
  return is("Healthy", ready.message)
end
if ready.reason == "Suspended" then
  return is("Suspended", ready.message)
end
return is("Progressing", ready.message)
