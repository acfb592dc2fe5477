-- 目标数值恰等于印刷数乘以数量级 / every bound of a target is its printed number × 10^scale, exactly
WITH scaled AS (  -- whole powers of ten: a power computed as DOUBLE would not be exact
    SELECT *, ('1' || repeat('0', coalesce(scale_exponent, 0)))::HUGEINT AS scale
    FROM fact_performance_target
)
SELECT fact_id, low_value, printed_low, high_value, printed_high, scale_exponent
FROM scaled
WHERE low_value IS DISTINCT FROM TRY(printed_low * scale)
   OR high_value IS DISTINCT FROM TRY(printed_high * scale)
