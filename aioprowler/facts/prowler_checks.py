"""Names of checks and services that Prowler has had, or takes beside those of today."""

from __future__ import annotations

from collections.abc import Mapping

CHECK_ALIASES = {
    "apigateway_authorizers_enabled": ("apigateway_restapi_authorizers_enabled",),
    "apigateway_client_certificate_enabled": ("apigateway_restapi_client_certificate_enabled",),
    "apigateway_logging_enabled": ("apigateway_restapi_logging_enabled",),
    "apigateway_public": ("apigateway_restapi_public",),
    "apigateway_public_with_authorizer": ("apigateway_restapi_public_with_authorizer",),
    "apigateway_waf_acl_attached": ("apigateway_restapi_waf_acl_attached",),
    "apigatewayv2_access_logging_enabled": ("apigatewayv2_api_access_logging_enabled",),
    "apigatewayv2_authorizers_enabled": ("apigatewayv2_api_authorizers_enabled",),
    "ec2_securitygroup_allow_ingress_from_internet_to_port_mongodb_27017_27018": (
        "ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_mongodb_27017_27018",
    ),
    "ec2_securitygroup_allow_ingress_from_internet_to_tcp_ftp_port_20_21": (
        "ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_ftp_20_21",
    ),
    "eks_control_plane_endpoint_access_restricted": ("eks_cluster_not_publicly_accessible",),
    "eks_endpoints_not_publicly_accessible": ("eks_cluster_not_publicly_accessible",),
    "inspector2_findings_exist": ("inspector2_active_findings_exist", "inspector2_is_enabled"),
}
"""`CheckAliases` in the metadata of Prowler 5.46 -> the ids that they stand for."""

SERVICE_ALIASES = {"lambda": "awslambda"}

FORMER_CHECKS: Mapping[str, tuple[str, ...]] = {
    "apigateway_endpoint_public": ("apigateway_restapi_public",),
    "cloudformation_outputs_find_secrets": ("cloudformation_stack_outputs_find_secrets",),
    "cloudtrail_management_exist_with_multi_region_enabled": (
        "cloudtrail_multi_region_enabled_logging_management_events",
    ),
    "cloudtrail_threat_detector_enumeration": ("cloudtrail_threat_detection_enumeration",),
    "cloudtrail_threat_detector_privilege_escalation": ("cloudtrail_threat_detection_privilege_escalation",),
    "documentdb_instance_storage_encrypted": ("documentdb_cluster_storage_encrypted",),
    "ec2_ebs_snapshots_exists": ("ec2_ebs_volume_snapshots_exists",),
    "ec2_elastic_ip_unassgined": ("ec2_elastic_ip_unassigned",),
    "ec2_find_secrets_launch_template": ("ec2_launch_template_no_secrets",),
    "ec2_imdsv2_enabled": ("ec2_instance_imdsv2_enabled",),
    "ec2_instance_multiple_eni": ("ec2_instance_uses_single_eni",),
    "ec2_instance_not_directly_publicly_accessible_via_elb": (),
    "ec2_instance_not_directly_publicly_accessible_via_elbv2": (),
    "ec2_instance_ssh_port_exposed_to_internet": ("ec2_instance_port_ssh_exposed_to_internet",),
    "ec2_networkacl_unused_not_default": ("ec2_networkacl_unused",),
    "ec2_securitygroup_in_use_without_ingress_filtering": (),
    "eks_cluster_ensure_version_is_supported": ("eks_cluster_uses_a_supported_version",),
    "elbv2_request_smugling": ("elbv2_desync_mitigation_mode",),
    "iam_cloudshell_admin_policy_not_attached": ("iam_policy_cloudshell_admin_not_attached",),
    "iam_disable_30_days_credentials": ("iam_user_accesskey_unused", "iam_user_console_access_unused"),
    "iam_disable_45_days_credentials": ("iam_user_accesskey_unused", "iam_user_console_access_unused"),
    "iam_disable_90_days_credentials": ("iam_user_accesskey_unused", "iam_user_console_access_unused"),
    "iam_policy_no_administrative_privileges": (
        "iam_customer_attached_policy_no_administrative_privileges",
        "iam_inline_policy_no_administrative_privileges",
    ),
    "iam_use_temporary_credentials": ("iam_user_with_temporary_credentials",),
    "opensearch_domain_data_nodes_fault_tolerant": ("opensearch_service_domains_fault_tolerant_data_nodes",),
    "opensearch_domain_fine_grained_access_control_enabled": ("opensearch_service_domains_access_control_enabled",),
    "opensearch_domain_master_nodes_fault_tolerant": ("opensearch_service_domains_fault_tolerant_master_nodes",),
    "opensearch_service_domains_at_least_three_master_nodes": (
        "opensearch_service_domains_fault_tolerant_master_nodes",
    ),
    "opensearch_service_domains_at_least_three_nodes_and_zoneawareness_enabled": (
        "opensearch_service_domains_fault_tolerant_data_nodes",
    ),
    "opensearch_service_domains_fault_tolerant": (
        "opensearch_service_domains_fault_tolerant_data_nodes",
        "opensearch_service_domains_fault_tolerant_master_nodes",
    ),
    "opensearch_service_domains_use_cognito_or_saml_authentication_for_kibana": (
        "opensearch_service_domains_use_cognito_authentication_for_kibana",
    ),
    "s3_bucket_object_acl_ghost": (),
    "vpc_endpoint_multi_az": ("vpc_endpoint_multi_az_enabled",),
    "vpc_subnet_map_public_ip_on_launch": ("vpc_subnet_no_public_ip_by_default",),
}
"""Ids that Prowler's repository or releases have had (`prowler/providers/aws/services`), and that nothing stands for
today -> what most likely does, by its title; empty where nothing does.
"""
