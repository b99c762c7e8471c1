"""Configuration keys of Prowler's AWS provider, so that its configuration files are read as they are.

A key of a check that this installation does not have is accepted and means nothing.
"""

_NAMES = """
    acmpca_pqc_key_algorithms agentcore_log_group_name_prefixes apigateway_pqc_tls_allowed_policies
    check_rds_instance_replicas cloudfront_pqc_min_protocol_versions codebuild_github_allowed_organizations
    days_to_expire_threshold disallowed_regions ec2_allowed_instance_owners ec2_allowed_interface_types
    ec2_high_risk_ports ecr_repository_vulnerability_minimum_severity eks_cluster_oldest_version_supported
    eks_required_log_types elasticbeanstalk_php_min_branch elasticbeanstalk_php_min_platform_version elb_min_azs
    elbv2_listener_pqc_tls_allowed_policies elbv2_min_azs enclave_debug_lookback_window_hours
    enclave_debug_max_events enclave_unknown_image_lookback_window_hours enclave_unknown_image_max_events
    excluded_checks excluded_sensitive_environment_variables excluded_services fargate_linux_latest_version
    fargate_windows_latest_version insecure_key_algorithms inspector2_active_finding_max_age_days
    inspector2_max_days_since_last_scan lambda_min_azs lightsail_php_blueprints log_group_retention_days
    max_backup_recovery_points max_batch_job_definitions max_cloudwatch_log_groups max_codeartifact_packages
    max_console_access_days max_days_secret_unrotated max_days_secret_unused max_disconnect_timeout_in_seconds
    max_ebs_snapshots max_ec2_instance_age_in_days max_ec2_instance_stopped_days max_ecs_task_definitions
    max_idle_disconnect_timeout_in_seconds max_lambda_functions max_scanned_resources_per_service
    max_security_group_rules max_session_duration_seconds max_unused_access_keys_days
    max_unused_sagemaker_access_days min_kinesis_stream_retention_hours minimum_backup_retention_period
    minimum_snapshot_retention_period mute_non_default_regions obsolete_lambda_runtimes
    organizations_enabled_regions organizations_trusted_delegated_administrators organizations_trusted_ids
    recommended_cdk_bootstrap_version rolesanywhere_pqc_pca_key_algorithms s3_bucket_object_public_enabled
    s3_bucket_object_public_max_objects s3_bucket_object_public_sample_size secrets_ignore_files
    secrets_ignore_patterns secrets_validate shodan_api_key threat_detection_enumeration_actions
    threat_detection_enumeration_minutes threat_detection_enumeration_threshold threat_detection_llm_jacking_actions
    threat_detection_llm_jacking_minutes threat_detection_llm_jacking_threshold
    threat_detection_privilege_escalation_actions threat_detection_privilege_escalation_minutes
    threat_detection_privilege_escalation_threshold transfer_pqc_ssh_allowed_policies trusted_account_ids
    trusted_ips verify_premium_support_plans
"""

PROWLER_KEYS = frozenset(_NAMES.split())

FORMER_KEYS = {
    "allowlist_non_default_regions": "mute_non_default_regions",
    "critical_pii_entities": "",
    "detect_secrets_plugins": "",
    "ec2_sg_high_risk_ports": "ec2_high_risk_ports",
    "pii_language": "",
}
"""Keys of former releases -> what they are called today; empty: nothing reads them any more."""

_PROVIDERS = """
    alibabacloud aws azure cloudflare e2enetworks gcp github googleworkspace huaweicloud iac image kubernetes linode llm
    m365 mongodbatlas nhn okta openstack oraclecloud scaleway stackit vercel
"""

PROVIDERS = frozenset(_PROVIDERS.split())
"""Each may have a section of a configuration file."""
